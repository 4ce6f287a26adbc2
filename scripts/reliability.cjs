'use strict';
// The last column of docs/reliability.md is what the tests of a run came to. `npm test` refuses a page that says
// something else; `npm run reliability` writes what the last whole run showed.
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const PAGE = 'docs/reliability.md';
const REPORT = 'build/test-report.json';
/** A row's first words, its file of tests, the words of its test's title, and the result. */
const ROW = /^(\|.+\| `(test\/[^`]+)`: (.+?) \|) ([^|]+) \|$/;

module.exports = { PAGE, REPORT, fillResults, differences };

/** The page with the result of every row as the report has it. */
function fillResults(page, report) {
  return page
    .split('\n')
    .map((line) => line.replace(ROW, (_, row, file, title) => `${row} ${resultOf(file, title, report)} |`))
    .join('\n');
}

/**
 * Rows whose result on the page is not what the run showed. What this machine cannot try, such as a full disk without
 * being root, is told apart: it contradicts nothing.
 */
function differences(page, report) {
  const filled = fillResults(page, report).split('\n');
  const changed = page.split('\n').flatMap((line, at) => (line === filled[at] ? [] : [filled[at]]));
  const isUntried = (line) => ROW.exec(line)?.[4] === 'not tried';
  return { wrong: changed.filter((line) => !isUntried(line)), untried: changed.filter(isUntried) };
}

/** Of all tests whose title has the row's words in it: one that failed is the result. */
function resultOf(file, title, report) {
  const tests = report.testResults
    .filter(({ name }) => path.relative(root, path.resolve(root, name)).replaceAll(path.sep, '/') === file)
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ fullName }) => fullName.includes(title));
  if (tests.length === 0) return 'NO SUCH TEST';
  if (tests.some(({ status }) => status === 'failed')) return 'FAILED';
  return tests.every(({ status }) => status === 'passed') ? 'passed' : 'not tried';
}

function main() {
  if (!fs.existsSync(path.join(root, REPORT))) {
    console.error('no whole run of the tests is on record; run `npm test` first');
    return 1;
  }
  const page = fs.readFileSync(path.join(root, PAGE), 'utf8');
  const filled = fillResults(page, JSON.parse(fs.readFileSync(path.join(root, REPORT), 'utf8')));
  fs.writeFileSync(path.join(root, PAGE), filled);
  const bad = filled.split('\n').filter((line) => ROW.test(line) && !line.endsWith('| passed |'));
  for (const line of bad) console.error(line);
  return bad.length === 0 ? 0 : 1;
}

if (require.main === module) process.exitCode = main();
