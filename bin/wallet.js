#!/usr/bin/env node
'use strict';
// The hot path of every call: nothing is loaded here but the program itself.
const { readFileSync, writeSync } = require('node:fs');
const path = require('node:path');

const dist = path.join(__dirname, '../dist');
const [only, ...rest] = process.argv.slice(2);

if (require.main !== module) {
  module.exports = { cacheFile, compile, run };
} else if (rest.length === 0 && (only === '--version' || only === '-V')) {
  printVersion();
} else {
  loadProgram()?.main();
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
  const source = readOr(path.join(dist, 'main.js'), 'latin1');
  if (source !== undefined) return run(compile(source, readOr(cacheFile(only))));
  process.stderr.write('wallet is not built yet\nthe folder dist/ is missing\nrun: npm ci && npm run build\n');
  process.exitCode = 9;
}

/** Where the build keeps compiled code for a command that is run all day; all others share the one of `help`. */
function cacheFile(command) {
  const name = ['balance', 'usage', 'transactions'].includes(command) ? command : 'help';
  return path.join(dist, `${name}.${process.version}.cache`);
}

function readOr(file, encoding) {
  try {
    return readFileSync(file, encoding);
  } catch {
    return undefined;
  }
}

/**
 * The program with the machine code that the build kept for this Node: compiling it anew takes as long as all the rest
 * of a short command. V8 itself refuses a cache that is not its own. The bundle is ASCII, so latin1 reads it right.
 */
function compile(source, cachedData) {
  const Module = require('node:module');
  if (cachedData === undefined) Module.enableCompileCache?.(); // Node 22 and newer keep one by themselves
  const { Script } = require('node:vm');
  return new Script(Module.wrap(source), { filename: path.join(dist, 'main.js'), cachedData });
}

/** Runs it as the module it is, so that chunks which are loaded later find it. */
function run(script) {
  const filename = path.join(dist, 'main.js');
  const program = { id: filename, filename, exports: {}, children: [], loaded: true };
  require.cache[filename] = program;
  const requireFromDist = (id) => require(id.startsWith('./') ? `../dist/${id.slice(2)}` : id);
  script.runInThisContext()(program.exports, requireFromDist, program, filename, dist);
  return program.exports;
}
