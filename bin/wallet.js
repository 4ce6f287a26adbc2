#!/usr/bin/env node
'use strict';
// The hot path of every call: nothing is loaded here but the program itself. It is made of few functions, and uses few
// of Node's: each is compiled when it is first called.
const { closeSync, existsSync, openSync, readFileSync, readSync, writeSync } = process.getBuiltinModule('node:fs');

const separator = __dirname.at(-'bin'.length - 1);
const dist = `${__dirname.slice(0, -'bin'.length)}dist`;
/** More than any file that is read at once. What nobody touches of it costs nothing. */
const ROOM = 1_048_576;
const [only, ...rest] = process.argv.slice(2);

if (require.main !== module) {
  module.exports = { compile, hotFiles, run };
} else if (rest.length === 0 && (only === '--version' || only === '-V')) {
  printVersion();
} else {
  try {
    // Ended at once, Node need not give back piece by piece what the system takes back anyway.
    loadProgram()
      ?.main()
      .then((isDone) => isDone && process.exit());
  } catch (error) {
    const next = 'end other programs or raise the limit (ulimit -n); if that is not it, install wallet anew';
    process.stderr.write(`error: wallet could not be loaded\nwhy: ${error.message.split('\n')[0]}\nnext: ${next}\n`);
    process.exitCode = 9;
  }
}

/** Straight to the descriptor: opening `process.stdout` takes 5 ms more. A closed pipe is no failure. */
function printVersion() {
  try {
    writeSync(1, `${require('../package.json').version}\n`);
  } catch (error) {
    process.exitCode = error.code === 'EPIPE' ? 0 : 9;
  }
}

function loadProgram() {
  const { pack, cache } = hotFiles(only);
  let source;
  const compiled = new Uint8Array(ROOM);
  let length = 0;
  try {
    source = readFileSync(pack, 'utf8');
    const handle = openSync(cache);
    length = readSync(handle, compiled);
    closeSync(handle);
  } catch {
    return loadPlainly();
  }
  return run(compile(source, pack, compiled.subarray(0, length)));
}

/** Built by another Node: file by file. Node 22 and newer keep what they compile by themselves, at an unhurried end. */
function loadPlainly() {
  if (existsSync(`${dist}/main.js`)) {
    keepCompiled();
    const program = require('../dist/main.js');
    return { main: () => program.main().then(() => false) };
  }
  process.stderr.write('wallet is not built yet\nthe folder dist/ is missing\nrun: npm ci && npm run build\n');
  process.exitCode = 9;
}

/** In a folder of this user: the one that Node takes by itself is open to others, and what lies there is run. */
function keepCompiled() {
  const { XDG_CACHE_HOME: cache, HOME: home } = process.env;
  const folder = cache || `${home}/.cache`;
  if (require('node:path').isAbsolute(folder)) require('node:module').enableCompileCache?.(`${folder}/wallet`);
}

/** What the build packed and compiled for a command that is run all day; all others share that of `help`. */
function hotFiles(command) {
  const isHot = command === 'balance' || command === 'usage' || command === 'transactions';
  const name = `${dist}/${isHot ? command : 'help'}`;
  return { pack: `${name}.pack.js`, cache: `${name}.${process.version}.cache` };
}

/**
 * The pack with the machine code that the build kept for this Node: compiling it anew takes as long as all the rest of
 * a short command. V8 itself refuses a cache that is not its own.
 */
function compile(source, filename, cachedData) {
  const { Script } = process.getBuiltinModule('node:vm');
  return new Script(source, { filename, cachedData });
}

/** Answers the program's exports. What the pack lacks is loaded from its own file, and finds the pack's modules loaded. */
function run(script) {
  const requireFromDist = (id) =>
    id.startsWith('./') ? require(`../dist/${id.slice(2)}`) : (process.getBuiltinModule(id) ?? require(id));
  return script.runInThisContext()(requireFromDist, require.cache, dist + separator, dist);
}
