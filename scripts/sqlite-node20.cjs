'use strict';
// Runs after `npm install`. The database engine has no version that is safe on every supported Node: better-sqlite3 13
// needs Node 22.14, and 12 can abort on newer Nodes. npm brings both; only Node 20 needs 12, and only 12 has to be
// built, so its own install script is switched off (`allowScripts`) and run from here, on Node 20 alone.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ALIAS = 'better-sqlite3-node20';
const ADDON = 'build/Release/better_sqlite3.node';
const ROOT = path.join(__dirname, '..');
const BUILD_LIMIT_MS = 15 * 60 * 1000;

if (process.versions.node.startsWith('20.')) build(findPackage());

/** The folder of the alias package: inside this package, or hoisted beside it. */
function findPackage() {
  try {
    return path.dirname(require.resolve(`${ALIAS}/package.json`));
  } catch {
    return undefined; // left out by --omit=optional: the program says so itself when it needs the package
  }
}

function build(folder) {
  if (folder === undefined || fs.existsSync(path.join(folder, ADDON))) return;
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  const run = spawnSync(command, [...first, 'run', 'install'], {
    cwd: folder,
    env: { ...process.env, ...localHeaders() },
    encoding: 'utf8',
    timeout: BUILD_LIMIT_MS,
  });
  if (run.status !== 0) explain(folder, run);
  else if (path.basename(path.dirname(ROOT)) === 'node_modules') keep(path.join(folder, ADDON));
}

/**
 * An installed package gets a copy of its own: an npm that ran the engine's own script, which can do nothing without
 * github.com, takes the engine's folder away again once this has ended.
 */
function keep(addon) {
  const copy = path.join(ROOT, 'engine/node_modules', ALIAS, ADDON);
  fs.mkdirSync(path.dirname(copy), { recursive: true });
  fs.copyFileSync(addon, copy);
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

/** The install goes on: talking to a remote wallet needs no database, and the program repeats this when it needs one. */
function explain(folder, run) {
  const lines = `${run.stdout ?? ''}${run.stderr ?? ''}${run.error ?? ''}`.trim().split('\n');
  console.error(lines.slice(-15).join('\n'));
  console.error(
    `wallet: the database engine could not be built in ${folder}.\n` +
      'On Node 20 it needs python3, make and a C++ compiler (or a download from github.com).\n' +
      'Install them and run `npm rebuild` here, or use Node 22.14 or newer, which needs no build.',
  );
}
