import { escapeControl } from '../output/escape';
import { createCall } from './call';
import { createCli, tell } from './cli';
import { writeDirectly } from './descriptors';
import { NOUNS } from './nouns';
import { type Route, route } from './route';
import { refuseSecretArguments } from './secrets';
import { watchSignals } from './signals';
import type { World } from './world';

/** Runs one command line and answers the status to end with. Never throws and never ends the process itself. */
export async function runProgram(argv: readonly string[], world: World): Promise<number> {
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  try {
    // What follows `wallet run … --` is another program's business: a telephone number there is no card number.
    refuseSecretArguments(own.includes('run') ? own : argv);
    return await follow(await route(argv), argv, world);
  } catch (error) {
    const debug = own.includes('--debug') || isSet(world.env.WALLET_DEBUG);
    const { reportError } = await import('./report-error');
    const report = reportError(error, { json: asksForJson(own), debug });
    tell(world, report.text);
    return report.status;
  }
}

/** Before the line is understood: even its faults are told in the form it asks for. */
function asksForJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, at) => word === '--json' || word === '--format=json' || (word === 'json' && argv[at - 1] === '--format'),
  );
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

async function follow(target: Route, argv: readonly string[], world: World): Promise<number> {
  if (target.kind === 'version') return print(world, inForm(argv, { version: world.version }, `${world.version}\n`));
  if (target.kind === 'help') {
    if (argv.length === 0 && isWatched(world)) return welcome(world);
    const { renderHelp } = await import('./help');
    const help = renderHelp(NOUNS, target.noun, target.commands);
    return print(world, inForm(argv, { help }, help));
  }
  const call = createCall(target.spec.path, target.parsed);
  const signals = watchSignals(target.spec, (line) => tell(world, `${escapeControl(line)}\n`));
  const cli = createCli(world, call, signals, (words) => runProgram(words, world));
  try {
    const secret = await target.spec.secret?.(call, cli);
    if (target.spec.keyed === undefined || call.text('idempotency-key') === undefined)
      return await target.spec.run(call, cli, secret);
    const { runOnce } = await import('./local-keys');
    return await runOnce(target.spec, call, cli, secret);
  } finally {
    await cli.close();
  }
}

function inForm(argv: readonly string[], answer: object, text: string): string {
  return asksForJson(argv) ? `${JSON.stringify(answer, null, 2)}\n` : text;
}

function isWatched({ stdin, stderr }: World): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** `wallet` alone on a terminal: the way in where there is nothing yet, the list of commands from then on. */
async function welcome(world: World): Promise<number> {
  const [{ isNewHere }, { renderHelp }] = await Promise.all([import('./first-run'), import('./help')]);
  const nothing = createCall('wallet', { args: [], options: {}, rest: [] });
  const signals = watchSignals({ kind: 'read' }, (line) => tell(world, `${escapeControl(line)}\n`));
  const cli = createCli(world, nothing, signals, (words) => runProgram(words, world));
  try {
    if (!cli.ask.isPossible || !(await isNewHere(cli))) return await print(world, renderHelp(NOUNS));
  } finally {
    await cli.close();
  }
  return runProgram(['init'], world);
}

async function print(world: World, text: string): Promise<number> {
  if (writeDirectly('stdout', text) !== 'later') return 0;
  const { createStreamSink } = await import('../output/streams');
  await createStreamSink(world.stdout).write(text);
  return 0;
}
