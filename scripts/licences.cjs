'use strict';
// Part of the build: writes dist/THIRD-PARTY-LICENCES.txt, the licences of the packages whose code the bundle holds, and
// takes the list of those from the bundler itself. A package without a licence we know to allow this stops the build.
const fs = require('node:fs');
const path = require('node:path');

process.chdir(path.join(__dirname, '..'));
const METAFILE = 'dist/metafile-esm.json';
const ALLOWED = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'MIT-0', 'Unlicense']);

const { outputs } = JSON.parse(fs.readFileSync(METAFILE, 'utf8'));
const folders = new Set(Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs).flatMap(packageFolder)));
const packages = [...folders].map(readPackage).sort((a, b) => (a.title < b.title ? -1 : 1));
const sections = packages.map(({ title, licence, text }) => `${title} (${licence})\n\n${text.trim()}\n`);
const intro = 'wallet is made with these packages, and their code is part of it.\n';
fs.writeFileSync('dist/THIRD-PARTY-LICENCES.txt', [intro, ...sections].join(`\n${'-'.repeat(80)}\n\n`));
fs.rmSync(METAFILE);

/** `node_modules/@scope/name`, however deep it lies; nothing for our own code. */
function packageFolder(input) {
  const found = input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/);
  return found === null ? [] : [found[0]];
}

function readPackage(folder) {
  const { name, version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  if (!ALLOWED.has(license))
    throw new Error(`${name} ${version} has the licence ${license}, which nobody has looked at`);
  const file = fs.readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text =
    file === undefined
      ? 'The package brings no text of its licence.'
      : fs.readFileSync(path.join(folder, file), 'utf8');
  return { title: `${name} ${version}`, licence: license, text };
}
