'use strict';

// The last step of the build. A program in seventy files starts slowly, and so does one that holds everything: so each
// command that is run all day gets a pack of the very files that it loads, and V8's compiled code of it for the Node
// that builds it. Both are found out by running the command. The files themselves stay what they are.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { compile, hotFiles, run } = require('../bin/wallet.js');
const { packed } = require('./hot-pack.cjs');

const WALLET = path.join(__dirname, '../bin/wallet.js');
const DIST = path.join(__dirname, '../dist');
const PROGRAM = path.join(DIST, 'main.js');
const SET_UP = [
  ['init', '--org', 'Warm'],
  ['app', 'add', 'app'],
  ['grant', 'add', '10', '--reason', 'warm-up'],
];
const HOT = [
  ['balance'],
  ['usage', 'record', '--app', 'app', '--service', 'sms', '--quantity', '1', '--id'],
  ['transactions', '--service', 'sms', '--limit', '5'],
  ['help'],
];
const SERVER = path.join(DIST, 'threaded-server.js');
/** What a server loads no sooner than it needs it. */
const LATE = ['postgres-driver', 'sql-writer'];
const STEPS = { pack: packLoaded, cache: keepCompiled, server: packServer };

function main() {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'wallet-build-'));
  const kept = Object.entries(process.env).filter(([name]) => !/^(WALLET|XDG)_/.test(name));
  const env = { ...Object.fromEntries(kept), HOME: home, NO_COLOR: '1', CI: '1' };
  const node = (args) => execFileSync(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  for (const command of SET_UP) node([WALLET, ...command]);
  for (const command of HOT)
    for (const step of Object.keys(STEPS)) {
      // An event is recorded once: each step has one of its own.
      node([__filename, step, ...command, ...(command.at(-1) === '--id' ? [step] : [])]);
    }
  node([__filename, 'server']);
  fs.rmSync(home, { recursive: true, force: true });
}

/** Runs the command from the program's files, and packs those that it loaded. */
async function packLoaded(command) {
  await require(PROGRAM).main(command);
  write(hotFiles(command[0]).pack, await packed(loadedFiles()));
}

/** Packs what a server is made of into the file that its thread starts from. Outside of a thread it serves nothing. */
async function packServer() {
  require(SERVER);
  const files = fs.readdirSync(DIST);
  for (const name of LATE)
    require(
      path.join(
        DIST,
        files.find((file) => file.startsWith(`${name}-`)),
      ),
    );
  const pack = await packed(loadedFiles(), './threaded-server.js');
  write(SERVER, `${pack}(require,require.cache,__dirname+require("node:path").sep,__dirname)`);
}

/** The program's files that are loaded by now, with the names that each exports. */
function loadedFiles() {
  const loaded = Object.values(require.cache).filter(({ filename }) => path.dirname(filename) === DIST);
  return new Map(loaded.map(({ filename, exports }) => [`./${path.basename(filename)}`, Object.keys(exports)]));
}

/** Runs the command from its pack, and keeps what V8 has compiled by then. */
async function keepCompiled(command) {
  const { pack, cache } = hotFiles(command[0]);
  const script = compile(fs.readFileSync(pack, 'utf8'), pack);
  await run(script).main(command);
  write(cache, script.createCachedData());
}

function write(file, content) {
  fs.writeFileSync(file, content, 'latin1');
  fs.chmodSync(file, 0o644); // the program has narrowed the umask by now
}

const [step, ...command] = process.argv.slice(2);
if (step === undefined) main();
else STEPS[step](command);
