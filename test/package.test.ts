import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const isNode20 = process.versions.node.startsWith('20.');
const manifest: Manifest = JSON.parse(readFileSync('package.json', 'utf8'));
let folder: string;

/** What `npm publish` would send, unpacked. */
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wallet-pack-'));
  const env = { PATH: process.env.PATH ?? '', HOME: folder, npm_config_loglevel: 'silent' };
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { env, stdio: 'ignore' });
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  execFileSync('tar', ['-xzf', archive], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the package holds the program, its papers, and nothing else', () => {
  const files = readdirSync(path.join(folder, 'package'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(path.join(folder, 'package'), path.join(parentPath, name)));

  const beside = files.filter(
    (file) => !/^(dist\/[\w.-]+\.(js|cache)|docs\/[\w/-]+\.(md|svg)|engine\/[\d.]+-[\w-]+\.node)$/.test(file),
  );
  expect(beside.sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'bin/wallet.js',
    'dist/THIRD-PARTY-LICENCES.txt',
    'dist/sbom.cdx.json',
    'examples/usage-2026-10.csv',
    'examples/wallet.service',
    'examples/wallet.yaml',
    'package.json',
  ]);
  expect(files).toContain('dist/main.js');
  expect(files.some((file) => file.startsWith('engine/'))).toBe(isNode20 || readdirSync('.').includes('engine'));
});

test('what was packed runs beside the packages that it asks npm for, and on Node 20 brings its engine', () => {
  const home = path.join(folder, 'home');
  const env = { PATH: process.env.PATH ?? '', HOME: home };
  const wallet = (...words: readonly string[]) =>
    execFileSync(process.execPath, [path.join(folder, 'package/bin/wallet.js'), ...words], { env, encoding: 'utf8' });
  if (!isNode20) symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));

  wallet('init', '--org', 'acme', '-q');
  wallet('card', 'add', '--payment-method', 'pm_card_visa', '-q');
  wallet('buy', '100', '--yes', '-q');

  expect(wallet('balance', '-q')).toBe('100.00\n');
  expect(wallet('verify', '--full')).toContain('the ledger is whole');
});

test('a command does the same with and without what the build compiled for it', () => {
  const temporary = mkdtempSync(path.join(folder, 'temporary-'));
  const env = { PATH: process.env.PATH ?? '', HOME: path.join(folder, 'plain-home'), TMPDIR: temporary };
  const wallet = (...words: readonly string[]) => {
    const program = path.join(folder, 'package/bin/wallet.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { env, encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  const dist = (name: string) => path.join(folder, 'package/dist', name);
  const cache = dist(`balance.${process.version}.cache`);
  wallet('init', '--org', 'acme');
  // The second loads files that the pack lacks, and what they throw and catch has to be the pack's own.
  const outcomes = () => [wallet('balance', '-q'), wallet('balance', '--ledger', '/nowhere', '--json')];
  const usual = outcomes();
  expect(usual.map(({ status }) => status)).toEqual([0, 3]);

  for (const spoil of [
    () => copyFileSync(dist(`help.${process.version}.cache`), cache),
    () => truncateSync(cache, 1_000),
    () => truncateSync(cache, 0),
    () => rmSync(cache),
    () => rmSync(dist('balance.pack.js')),
  ]) {
    spoil();
    expect(outcomes()).toEqual(usual);
  }
  // What Node compiles by itself now is kept where nobody else can put anything.
  expect(readdirSync(temporary)).toEqual([]);
});

test('no script runs where it is installed, and no package that would have one', () => {
  const hooks = Object.keys(manifest.scripts).filter((name) => /^(pre|post)?(install|prepare)$/.test(name));
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean; hasInstallScript?: boolean }>;
  };
  const installed = Object.entries(lock.packages).filter(([, entry]) => entry.dev !== true);

  expect(hooks).toEqual([]);
  expect(installed.filter(([, entry]) => entry.hasInstallScript === true).map(([name]) => name)).toEqual([]);
  expect(installed.length).toBeGreaterThan(5);
});

test('the engine for Node 20 is looked for in the version that is built', () => {
  const source = readFileSync('src/adapters/storage/sqlite-engine.ts', 'utf8');
  const version = manifest.devDependencies['better-sqlite3-node20'];
  expect(version).toBe(`npm:better-sqlite3@${/VERSION_12 = '(.+)'/.exec(source)?.[1]}`);
});

test('the bill of materials lists what is bundled and what is installed, as the lockfile has it', () => {
  const bill: {
    components: { name: string; version: string; licenses: unknown[]; properties: { value: string }[] }[];
  } = JSON.parse(readFileSync('dist/sbom.cdx.json', 'utf8'));
  const how = (name: string) => bill.components.find((each) => each.name === name)?.properties[0]?.value;

  expect(['stripe', 'zod', 'pg', 'pdfkit', 'better-sqlite3'].map(how)).toEqual([
    'bundled',
    'bundled',
    'bundled',
    'installed',
    expect.stringMatching(/bundled|optional/),
  ]);
  expect(bill.components.find(({ name }) => name === 'stripe')?.version).toBe(manifest.devDependencies.stripe);
  expect(bill.components.every(({ licenses }) => licenses.length === 1)).toBe(true);
});

test('the licences of what is bundled travel with it', () => {
  const text = readFileSync('dist/THIRD-PARTY-LICENCES.txt', 'utf8');

  for (const name of ['commander', 'stripe', 'temporal-polyfill', 'chalk'])
    expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
  expect(text).toContain('Permission is hereby granted');
});
