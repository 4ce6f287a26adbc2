import path from 'node:path';
import { WalletError } from '../core/errors';
import type { Call } from './call';
import type { Cli } from './cli';
import { isRemote } from './remote-settings';
import { crontabLine, parseInterval, type Schedule, type ScheduledCommand, systemdUnits, unitName } from './schedule';

const EVERY = '5m';
const RUNS_SHOWN = 3;

/** `cron install` and `recharge schedule`: prints, installs or removes what runs a command from time to time. */
export async function showSchedule(call: Call, cli: Cli, command: ScheduledCommand): Promise<0> {
  const schedule = scheduleOf(call, cli, command);
  const isSystemd = call.has('systemd');
  const done = call.has('remove')
    ? await remove(schedule, isSystemd)
    : call.has('install') && (await install(schedule, isSystemd));
  const nextRuns = call.has('remove') ? [] : await runsAfterNow(schedule);
  const text = isSystemd ? unitsText(schedule) : `${crontabLine(schedule)}\n`;
  if (typeof done === 'string') cli.note(done);
  if (nextRuns.length > 0) cli.note(`next runs: ${nextRuns.join(', ')}`);
  if (done === false) {
    cli.note('nothing was installed; add --install to install it');
    const key = isRemote(cli.settings) ? 'WALLET_API_TOKEN' : 'STRIPE_API_KEY';
    cli.note(`keys such as ${key} go into ${schedule.environmentFile}, as NAME=value, readable by you alone`);
  }
  const answer = {
    kind: isSystemd ? 'systemd' : 'crontab',
    command,
    every: schedule.interval.every,
    mark: schedule.mark,
    ...(isSystemd ? { units: systemdUnits(schedule) } : { line: crontabLine(schedule) }),
    environmentFile: schedule.environmentFile,
    installed: call.has('install'),
    removed: call.has('remove'),
    nextRuns,
  };
  return cli.show({ schedule: answer }, () => (done === false ? text : ''));
}

function scheduleOf(call: Call, cli: Cli, command: ScheduledCommand): Schedule {
  const { settings, world } = cli;
  const walletFolder = path.dirname(path.resolve(world.configFile.path));
  const schedule = {
    command,
    interval: parseInterval(call.text('every') ?? EVERY),
    words: [process.execPath, path.resolve(process.argv[1] ?? ''), ...command.split(' '), ...placeOf(call, cli)],
    configHome: path.dirname(walletFolder),
    environmentFile: path.join(walletFolder, 'cron.env'),
    mark: `wallet:${command.replace(' ', '-')}:${digestOf((isRemote(settings) ? settings.api : settings.ledger).value ?? '')}`,
  };
  const odd = [...schedule.words, schedule.environmentFile].find((word) => /\p{Cc}/u.test(word));
  if (odd !== undefined)
    throw new WalletError('invalid_value', 'a path has a control character in it', {
      why: 'a line of a crontab can not hold it',
      hint: 'rename the folder',
    });
  return schedule;
}

/** Which wallet: cron has nothing of this environment. A database's address may hold a password, and stays in the file of keys. */
function placeOf(call: Call, { settings }: Cli): readonly string[] {
  const { ledger, api, profile } = settings;
  const isFile = ledger.value !== undefined && !/^[a-z][a-z0-9+.-]*:\/\//i.test(ledger.value);
  // A server that is kept in the configuration is found there, with its token.
  const isNamed = /^(flag|environment)/.test(api.origin);
  return [
    ...(isRemote(settings) && isNamed ? ['--api', api.value ?? ''] : []),
    ...(isFile && !isRemote(settings) ? ['--ledger', path.resolve(ledger.value ?? '')] : []),
    ...(profile.value === undefined ? [] : ['--profile', profile.value]),
    ...['org', 'as'].flatMap((name) => (call.text(name) === undefined ? [] : [`--${name}`, call.text(name) ?? ''])),
  ];
}

function digestOf(text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

async function runsAfterNow({ interval }: Schedule): Promise<readonly string[]> {
  const { Cron } = await import('croner');
  const runs = new Cron(interval.cron).nextRuns(RUNS_SHOWN);
  return runs.map((run) => run.toISOString().replace('.000Z', 'Z'));
}

function unitsText(schedule: Schedule): string {
  return Object.entries(systemdUnits(schedule))
    .map(([name, text]) => `# ${name}\n${text}`)
    .join('\n');
}

async function install(schedule: Schedule, isSystemd: boolean): Promise<string> {
  if (!isSystemd) {
    const { changeCrontab } = await import('./crontab');
    const changed = await changeCrontab(schedule.mark, crontabLine(schedule));
    return changed ? 'installed in your crontab' : 'it is in your crontab already';
  }
  const { installUnits } = await import('./systemd');
  await installUnits(unitFolder(schedule), systemdUnits(schedule), `${unitName(schedule.mark)}.timer`);
  return `installed as ${unitName(schedule.mark)}.timer`;
}

async function remove(schedule: Schedule, isSystemd: boolean): Promise<string> {
  if (!isSystemd) {
    const { changeCrontab } = await import('./crontab');
    const changed = await changeCrontab(schedule.mark, undefined);
    return changed ? 'removed from your crontab' : 'it is not in your crontab';
  }
  const { removeUnits } = await import('./systemd');
  const names = Object.keys(systemdUnits(schedule));
  const changed = await removeUnits(unitFolder(schedule), names, `${unitName(schedule.mark)}.timer`);
  return changed ? `removed ${unitName(schedule.mark)}.timer` : 'it is not installed';
}

function unitFolder({ configHome }: Schedule): string {
  return path.join(configHome, 'systemd', 'user');
}
