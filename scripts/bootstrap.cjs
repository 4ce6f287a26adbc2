'use strict';
// Makes a clone ready to run: installs when the packages are missing or older than the lockfile, builds when dist/ is
// missing or older than the source. Needs nothing but Node, and says nothing when there is nothing to do.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const at = (...parts) => path.join(root, ...parts);
const isNode20 = process.versions.node.startsWith('20.');
// `npm ci` on another Node may have left out the engine of this one.
const engine = isNode20 ? 'node_modules/better-sqlite3-node20' : 'node_modules/better-sqlite3';

if (isOlder('node_modules/.package-lock.json', ['package-lock.json']) || !fs.existsSync(at(engine))) {
  console.log('installing packages …');
  npm('ci', '--no-audit', '--no-fund', '--loglevel=error');
}
// The build does that as well, but need not be due where the engine has gone.
if (isNode20) require('./sqlite-node20.cjs');
if (isOlder('dist/main.js', ['src', 'tsup.config.ts', 'package.json'])) {
  console.log('building …');
  npm('run', '--silent', 'build');
}

function isOlder(product, sources) {
  if (!fs.existsSync(at(product))) return true;
  const madeAt = fs.statSync(at(product)).mtimeMs;
  return sources.some((source) => newest(at(source)) > madeAt);
}

/** When the file, or the youngest file in the folder, was last changed. */
function newest(entry) {
  const stat = fs.statSync(entry);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...fs.readdirSync(entry).map((name) => newest(path.join(entry, name))));
}

function npm(...words) {
  const cli = process.env.npm_execpath;
  const [command, first] = cli ? [process.execPath, [cli]] : ['npm', []];
  const shell = !cli && process.platform === 'win32';
  const run = spawnSync(command, [...first, ...words], { cwd: root, stdio: 'inherit', shell });
  if (run.status !== 0) {
    console.error(`\`npm ${words.join(' ')}\` failed`);
    process.exit(run.status ?? 1);
  }
}
