'use strict';
// Part of the build, on Node 20 alone. The database engine has no version that is safe on every supported Node:
// better-sqlite3 13 needs Node 22.14 and comes ready-made, 12 can abort on newer Nodes and has to be compiled. So the
// build compiles 12, and keeps it in `engine/` for the package: who installs it compiles nothing and runs no script.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const PACKAGE = path.join(ROOT, 'node_modules/better-sqlite3-node20');
const ADDON = path.join(PACKAGE, 'build/Release/better_sqlite3.node');
const FOLDER = path.join(ROOT, 'engine');
const { 'better-sqlite3-node20': alias } = require('../package.json').devDependencies;
const VERSION = alias.slice(alias.lastIndexOf('@') + 1);
const BUILD_LIMIT_MS = 15 * 60 * 1000;

if (process.argv[2] === '--kept') requireKept();
else if (process.versions.node.startsWith('20.')) keep();

/** Once: `npm ci` takes away what is in `node_modules`, and leaves this. */
function keep() {
  const platform = `${usesMusl() ? 'linuxmusl' : process.platform}-${process.arch}`;
  const kept = path.join(FOLDER, `${VERSION}-${platform}.node`);
  if (fs.existsSync(kept)) return;
  if (!fs.existsSync(ADDON)) compile();
  fs.rmSync(FOLDER, { recursive: true, force: true });
  fs.mkdirSync(FOLDER);
  fs.copyFileSync(ADDON, kept);
}

function compile() {
  console.log('compiling the database engine, which takes some minutes …');
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  const env = { ...process.env, ...localHeaders() };
  const run = spawnSync(command, [...first, 'run', 'install'], {
    cwd: PACKAGE,
    env,
    encoding: 'utf8',
    timeout: BUILD_LIMIT_MS,
  });
  if (run.status === 0) return;
  const lines = `${run.stdout ?? ''}${run.stderr ?? ''}${run.error ?? ''}`.trim().split('\n');
  console.error(lines.slice(-15).join('\n'));
  console.error(
    'The database engine could not be built. On Node 20 it needs python3, make and a C++ compiler (or a download from\n' +
      'github.com). Install them and run `npm run build` again, or use Node 22.14 or newer, which needs no compiler.',
  );
  process.exit(1);
}

/** C headers that came with the running Node spare the compiler a download; only exactly matching ones will do. */
function localHeaders() {
  const prefix = path.resolve(path.dirname(process.execPath), '..');
  try {
    const header = fs.readFileSync(path.join(prefix, 'include/node/node_version.h'), 'utf8');
    const part = (name) => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(header)?.[1];
    const version = ['MAJOR', 'MINOR', 'PATCH'].map(part).join('.');
    return version === process.versions.node ? { npm_config_nodedir: prefix } : {};
  } catch {
    return {};
  }
}

/** Alpine and its like have another C library, hence another addon. */
function usesMusl() {
  return process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime === undefined;
}

/** A release without it would leave Node 20 without a ledger. */
function requireKept() {
  if (fs.existsSync(path.join(FOLDER, `${VERSION}-linux-x64.node`))) return;
  console.error('engine/ has no database engine for Node 20 on Linux: run `npm run build` there first');
  process.exit(1);
}
