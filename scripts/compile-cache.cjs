'use strict';

// The last step of the build: keeps V8's compiled code of the program for the Node that builds it, beside the program.
// A cache costs what it holds, so each command that is run all day has one of its own, made by running it once.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { cacheFile, compile, run } = require('../bin/wallet.js');

const WALLET = path.join(__dirname, '../bin/wallet.js');
const PROGRAM = path.join(__dirname, '../dist/main.js');
const SET_UP = [
  ['init', '--org', 'Warm'],
  ['app', 'add', 'app'],
  ['grant', 'add', '10', '--reason', 'warm-up'],
];
const HOT = [
  ['balance'],
  ['usage', 'record', '--app', 'app', '--service', 'sms', '--quantity', '1', '--id', 'one'],
  ['transactions', '--service', 'sms', '--limit', '5'],
  ['help'],
];

function main() {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'wallet-build-'));
  const kept = Object.entries(process.env).filter(([name]) => !/^(WALLET|XDG)_/.test(name));
  const env = { ...Object.fromEntries(kept), HOME: home, NO_COLOR: '1', CI: '1' };
  const node = (args) => execFileSync(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  for (const command of SET_UP) node([WALLET, ...command]);
  for (const command of HOT) node([__filename, ...command]);
  fs.rmSync(home, { recursive: true, force: true });
}

/** Runs one command in this process and keeps what V8 has compiled by then. */
async function keep(command) {
  const script = compile(fs.readFileSync(PROGRAM, 'latin1'), Buffer.alloc(0));
  await run(script).main(command);
  const file = cacheFile(command[0]);
  fs.writeFileSync(file, script.createCachedData());
  fs.chmodSync(file, 0o644); // the program has narrowed the umask by now
}

if (process.argv.length > 2) keep(process.argv.slice(2));
else main();
