import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';
import { hasProgram } from '../helpers/programs';

let box: Sandbox;
let tools: string;

/** Programs that keep what they are given in files, as the ones of the system do. */
beforeEach(() => {
  box = createSandbox();
  tools = path.join(box.home, 'tools');
  mkdirSync(tools);
  const table = path.join(box.home, 'table');
  tool(
    'crontab',
    `if [ "$1" = -l ]; then cat ${table} 2>/dev/null || { echo "no crontab for ada" >&2; exit 1; }; else cat > ${table}; fi`,
  );
  tool('systemctl', `echo "$@" >> ${path.join(box.home, 'systemctl')}`);
});
afterEach(() => box.remove());

function tool(name: string, script: string): void {
  writeFileSync(path.join(tools, name), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(tools, name), 0o700);
}

const run = (line: string) => box.wallet(line, { env: { PATH: `${tools}:${process.env.PATH}` } });
const table = () => readFileSync(path.join(box.home, 'table'), 'utf8');

test('the crontab line runs as it stands with an empty environment, keys from its file', async () => {
  await box.ok('init --org Acme');
  const { stdout } = await box.ok('cron install');
  const command = stdout.replace(/^\*\/5 \* \* \* \* /, '').trim();

  const ran = spawnSync('/usr/bin/env', ['-i', '/bin/sh', '-c', command], { encoding: 'utf8', cwd: '/' });

  expect([ran.status, ran.stdout, ran.stderr]).toEqual([0, '', '']);
  mkdirSync(path.join(box.home, '.config/wallet'), { recursive: true });
  writeFileSync(path.join(box.home, '.config/wallet/cron.env'), 'WALLET_NOW=yesterday\n', { mode: 0o600 });
  expect(spawnSync('/usr/bin/env', ['-i', '/bin/sh', '-c', command]).status).toBe(2);
});

test('installing twice leaves one line beside those of others, and removing takes it out alone', async () => {
  writeFileSync(path.join(box.home, 'table'), '0 1 * * * backup\n');

  await run('cron install --install');
  await run('cron install --every 15m --install');
  await run('recharge schedule --install');
  const installed = table().split('\n');
  await run('cron install --remove');
  await run('recharge schedule --remove');

  expect(installed).toEqual([
    '0 1 * * * backup',
    expect.stringMatching(/^\*\/15 .* cron run --ledger \S+ # wallet:cron-run:/),
    expect.stringMatching(/^\*\/5 .* recharge check --ledger \S+ # wallet:recharge-check:/),
    '',
  ]);
  expect(table()).toBe('0 1 * * * backup\n');
});

const isRoot = process.getuid?.() === 0;

test.runIf(isRoot && hasProgram('crontab'))('the crontab of a real cron takes the line and lets it go', async () => {
  const user = `wallet-${process.pid}`;
  spawnSync('/usr/sbin/useradd', ['--no-create-home', user]);
  // The real program, on the table of a user who is there for this test only.
  tool('crontab', `exec /usr/bin/crontab -u ${user} "$@"`);
  const list = () => spawnSync('/usr/bin/crontab', ['-u', user, '-l'], { encoding: 'utf8' }).stdout;
  try {
    expect((await run('cron install --every 10m --install')).status).toBe(0);
    expect((await run('cron install --every 1m --install')).status).toBe(0);
    const installed = list();
    expect((await run('cron install --remove')).status).toBe(0);

    expect(installed).toMatch(/^\* \* \* \* \* .* cron run --ledger \S+ # wallet:cron-run:\w+\n$/);
    expect(list()).toBe('');
  } finally {
    spawnSync('/usr/bin/crontab', ['-u', user, '-r']);
    spawnSync('/usr/sbin/userdel', [user]);
  }
});

test('a service and its timer are written, started, and removed', async () => {
  const folder = path.join(box.home, '.config/systemd/user');

  const { schedule } = (await run('cron install --every 2h --systemd --install --json')).json() as {
    schedule: { units: Record<string, string> };
  };
  const [service = '', timer = ''] = Object.keys(schedule.units);
  const written = readFileSync(path.join(folder, timer), 'utf8');
  const removed = await run('cron install --systemd --remove');

  expect(written).toContain('OnCalendar=0/2:00\n');
  expect(schedule.units[service]).toMatch(/^ExecStart=\/\S+ \/\S+wallet\.js cron run --ledger \//m);
  expect(removed.status).toBe(0);
  expect(existsSync(path.join(folder, timer))).toBe(false);
  expect(readFileSync(path.join(box.home, 'systemctl'), 'utf8')).toContain(`--user enable ${timer}`);
});

test('without being asked to it prints, and installs nothing', async () => {
  const printed = await run('recharge schedule');

  expect(printed.stderr).toContain('nothing was installed');
  expect(existsSync(path.join(box.home, 'table'))).toBe(false);
});

test.each([
  ['7m', '6m or 10m'],
  ['5h', '4h or 6h'],
  ['90m', '1h or 2h'],
  ['30s', '5m'],
  ['2d', '5m'],
])('every %s is refused: %s would be right', async (every, right) => {
  const refused = await run(`cron install --every ${every} --json`);

  expect(refused.status).toBe(2);
  expect(refused.error()).toMatchObject({ code: 'invalid_time', hint: `--every ${right} would be right` });
});

test.each(['0', '-5m', 'x'])('an interval of %s is refused', async (every) => {
  expect((await run(`recharge schedule --every=${every}`)).status).toBe(2);
});
