#!/usr/bin/env node
'use strict';
// The hot path of every call: nothing is loaded here but the program itself.
const [only, ...rest] = process.argv.slice(2);

if (rest.length === 0 && (only === '--version' || only === '-V')) {
  printVersion();
} else {
  require('node:module').enableCompileCache?.(); // Node 22 and newer: keeps compiled code from run to run
  loadProgram()?.main();
}

/** Straight to the descriptor: opening `process.stdout` takes 5 ms more. A closed pipe is no failure. */
function printVersion() {
  try {
    require('node:fs').writeSync(1, `${require('../package.json').version}\n`);
  } catch (error) {
    process.exitCode = error.code === 'EPIPE' ? 0 : 9;
  }
}

function loadProgram() {
  try {
    return require('../dist/main.js');
  } catch (error) {
    const dist = require('node:path').join(__dirname, '../dist/main.js');
    if (error.code !== 'MODULE_NOT_FOUND' || require('node:fs').existsSync(dist)) throw error;
    process.stderr.write('wallet is not built yet\nthe folder dist/ is missing\nrun: npm ci && npm run build\n');
    process.exitCode = 9;
  }
}
