import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';
import { hasProgram } from '../helpers/programs';

let home: Sandbox;
let card: string;
beforeAll(async () => {
  home = createSandbox();
  await home.ok('init --org acme');
  card = (await home.ok('card add --payment-method pm_card_visa -q')).stdout.trim();
  await home.ok('app add crm');
  await home.ok('grant add 10 --reason test');
  await home.ok('usage record --app crm --service sms --quantity 1 --campaign autumn');
  mkdirSync(path.join(home.home, 'bin'));
  symlinkSync(path.resolve('bin/wallet.js'), path.join(home.home, 'bin/wallet'));
});
afterAll(() => home.remove());

const words = async (line: readonly string[]) =>
  (await home.ok(['completion', 'bash', '--', ...line])).stdout
    .trimEnd()
    .split('\n')
    .map((each) => each.split('\t')[0]);

test.each([
  [['bal'], ['balance']],
  [['card', 'p'], ['primary']],
  [
    ['billing', 'account', 's'],
    ['set', 'show'],
  ],
  [['usage', 'record', '--app', ''], ['crm']],
  [
    ['usage', 'record', '--app', 'crm', '--service', 'sm'],
    ['smart-match', 'sms'],
  ],
  [['tx', '--campaign', 'a'], ['autumn']],
  [['tx', '--format', '=', 'nd'], ['ndjson']],
  [['usage', 'record', '--camp'], ['--campaign']],
  [['--org', 'a'], ['acme']],
  [['service', 'show', 'vali'], ['validation']],
  [
    ['completion', ''],
    ['bash', 'fish', 'zsh'],
  ],
  [['nonsense', 'x'], ['']],
])('%j is completed by %j', async (line, expected) => {
  expect(await words(line)).toEqual(expected);
});

test('without a ledger commands and options are completed, and nothing fails', async () => {
  const elsewhere = { env: { WALLET_LEDGER: path.join(home.home, 'none.db') } };
  expect((await home.ok('completion bash -- card show card_', elsewhere)).stdout).toBe('');
  expect((await home.ok('completion bash -- card sh', elsewhere)).stdout).toContain('show\t');
});

const env = () => ({ ...home.env(), PATH: `${home.home}/bin:${path.dirname(process.execPath)}:${process.env.PATH}` });

test('a real bash completes a card by its id', () => {
  const script = `source <(wallet completion bash)
COMP_WORDS=(wallet card show card_); COMP_CWORD=3; _wallet; printf '%s\\n' "\${COMPREPLY[@]}"
COMP_WORDS=(wallet usage record --service em); COMP_CWORD=4; _wallet; printf '%s\\n' "\${COMPREPLY[@]}"`;
  expect(execFileSync('bash', ['-c', script], { env: env(), encoding: 'utf8' })).toBe(`${card}\nemail\nemail-test\n`);
});

test.runIf(hasProgram('fish'))('a real fish completes with what each word is', () => {
  const script = 'wallet completion fish | source; complete -C "wallet usage record --service em"';
  const printed = execFileSync('fish', ['--no-config', '-c', script], { env: env(), encoding: 'utf8' });
  expect(printed.trimEnd().split('\n').sort()).toEqual(['email\tEmail', 'email-test\tEmail test']);
});

test.runIf(hasProgram('zsh'))('a real zsh takes the script and is told what fits', () => {
  const stubs = ['compdef() { :; }', '_describe() { print -l -- "$' + '{(P@)2}"; }', '_files() { print files; }'];
  writeFileSync(path.join(home.home, 'compdef.zsh'), `${stubs.join('\n')}\n`);
  const script = `source ~/compdef.zsh; source <(wallet completion zsh)
words=(wallet usage record --service em); CURRENT=5; _wallet
words=(wallet import nowhere); CURRENT=3; _wallet`;
  const printed = execFileSync('zsh', ['-f', '-c', script], { env: env(), encoding: 'utf8' });
  expect(printed).toBe('email:Email\nemail-test:Email test\nfiles\n');
});

test('the manual page has every command, and man reads it without complaint', async () => {
  const page = (await home.ok('help --man')).stdout;
  for (const command of ['wallet card add', 'wallet report statement', 'wallet backup FILE'])
    expect(page).toContain(`.SS "${command}`);
  if (!hasProgram('man')) return;
  const shown = spawnSync('man', ['--warnings=w', '-l', '-'], {
    input: page,
    encoding: 'utf8',
    env: { ...env(), MANWIDTH: '80' },
  });
  expect(shown.stdout).toContain('wallet - prepaid credits');
  expect(shown.stderr).toBe('');
});
