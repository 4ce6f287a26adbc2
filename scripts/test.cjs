'use strict';
// `npm test`: makes the clone ready, checks it, then runs the tests. Words after `npm test --` choose test files.
// Every check runs even when one before it failed; the last line counts the tests.
require('./bootstrap.cjs');
const { spawnSync } = require('node:child_process');
const { PAGE, REPORT, differences } = require('./reliability.cjs');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const root = path.join(__dirname, '..');
const checks = {
  'style (biome)': ['@biomejs/biome/bin/biome', 'ci'],
  'types (tsc)': ['typescript/bin/tsc', '--noEmit'],
  'imports (dependency-cruiser)': [path.join(__dirname, 'check-imports.mjs')],
  'dead code (knip)': ['knip/bin/knip.js'],
};

const failed = Object.keys(checks).filter((name) => !check(name, checks[name]));
const filters = process.argv.slice(2);
const tests = runTests(filters);
if (filters.length === 0 && tests.result !== undefined && !recordReliability(tests.result)) failed.push(PAGE);
if (failed.length > 0) console.log(`failed checks: ${failed.join(', ')}`);
console.log(`${tests.passed} passed, ${tests.failed} failed`);
process.exitCode = tests.ok && failed.length === 0 ? 0 : 1;

/** One line when all is well, the tool's own words when not. */
function check(name, words) {
  const startedAt = Date.now();
  const run = node(words, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`${run.status === 0 ? 'ok  ' : 'FAIL'} ${name} ${seconds} s`);
  if (run.status !== 0) console.log(`${run.stdout}${run.stderr}`);
  return run.status === 0;
}

/** Keeps what a whole run showed, and holds the page on reliability to it. */
function recordReliability(result) {
  const { wrong, untried } = differences(fs.readFileSync(path.join(root, PAGE), 'utf8'), result);
  fs.mkdirSync(path.dirname(path.join(root, REPORT)), { recursive: true });
  fs.writeFileSync(path.join(root, REPORT), JSON.stringify(result));
  for (const row of untried) console.log(`this machine cannot try: ${row}`);
  console.log(`${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${PAGE} says what this run showed`);
  for (const row of wrong) console.log(row);
  if (wrong.length > 0) console.log('write it with: npm run reliability');
  return wrong.length === 0;
}

/** The counts come from vitest's own report; a run that left no report, or had an error outside a test, is not ok. */
function runTests(filters) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wallet-test-'));
  const report = path.join(folder, 'report.json');
  try {
    const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
    const run = node(['vitest/vitest.mjs', 'run', ...reporters, ...filters], { stdio: 'inherit' });
    const result = fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, 'utf8')) : undefined;
    return {
      result,
      passed: result?.numPassedTests ?? 0,
      // A file that could not even be loaded holds no test to count, so it counts as one.
      failed: (result?.numFailedTests ?? 0) + (result?.testResults.filter(brokeBeforeItsTests).length ?? 0),
      ok: run.status === 0 && result !== undefined,
    };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function brokeBeforeItsTests(file) {
  return file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed');
}

function node([script, ...words], options) {
  const file = path.resolve(root, 'node_modules', script);
  return spawnSync(process.execPath, [file, ...words], { cwd: root, ...options });
}
