#!/usr/bin/env node
'use strict';
// The hot path of every call: nothing is loaded here but the program itself.
const [only, ...rest] = process.argv.slice(2);

if (rest.length === 0 && (only === '--version' || only === '-V')) {
  process.stdout.write(`${require('../package.json').version}\n`);
} else {
  require('node:module').enableCompileCache?.(); // Node 22 and newer: keeps compiled code from run to run
  loadProgram()?.main();
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
