'use strict';
// Part of the build: writes dist/THIRD-PARTY-LICENCES.txt, the licences of the packages whose code the bundle holds, and
// dist/sbom.cdx.json, the bill of materials: those, and what is installed beside them. The list comes from the bundler
// itself. A package without a licence we know to allow this stops the build.
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
fs.writeFileSync('dist/sbom.cdx.json', `${JSON.stringify(billOfMaterials(), null, 1)}\n`);

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
  return { title: `${name} ${version}`, name, version, licence: license, text };
}

/** In the form of CycloneDX. Without a time or a serial number: the same packages give the same bytes. */
function billOfMaterials() {
  const { name, version, license } = JSON.parse(fs.readFileSync('package.json', 'utf8'));
  const bundled = packages.map((each) => component(each, 'bundled'));
  const installed = lockedForUsers().map((each) => component(each, each.optional ? 'optional' : 'installed'));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: component({ name, version, licence: license }) },
    components: [...bundled, ...installed],
  };
}

function component({ name, version, licence, integrity }, how) {
  const [algorithm, digest] = (integrity ?? '').split('-');
  const hash = { alg: 'SHA-512', content: Buffer.from(digest ?? '', 'base64').toString('hex') };
  return {
    type: how === undefined ? 'application' : 'library',
    'bom-ref': `${name}@${version}${how === 'bundled' ? '#bundled' : ''}`,
    name,
    version,
    ...(how === undefined ? {} : { scope: how === 'optional' ? 'optional' : 'required' }),
    ...(algorithm === 'sha512' ? { hashes: [hash] } : {}),
    licenses: [{ license: licence === undefined ? { name: 'in the text of the package' } : { id: licence } }],
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    ...(how === undefined ? {} : { properties: [{ name: 'wallet:how', value: how }] }),
  };
}

/** What npm installs for users, by the lockfile: on whatever Node this build runs. */
function lockedForUsers() {
  const { packages: locked } = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
  return Object.entries(locked)
    .filter(([place, entry]) => place !== '' && entry.dev !== true && entry.devOptional !== true)
    .map(([place, entry]) => ({
      name: place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version: entry.version,
      licence: entry.license,
      integrity: entry.integrity,
      optional: entry.optional === true,
    }));
}
