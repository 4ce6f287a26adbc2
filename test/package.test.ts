import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** What `npm publish` would send. */
function packed(): readonly string[] {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', npm_config_loglevel: 'silent' };
  const said = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { env, encoding: 'utf8' });
  const list = JSON.parse(said) as readonly { files: readonly { path: string }[] }[];
  return (list[0]?.files ?? []).map((file) => file.path);
}

test('the package holds the program, its papers, and nothing else', () => {
  const files = packed();

  const beside = files.filter((file) => !/^dist\/[\w.-]+\.(js|cache)$/.test(file));
  expect(beside.sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'bin/wallet.js',
    'dist/THIRD-PARTY-LICENCES.txt',
    'package.json',
    'scripts/sqlite-node20.cjs',
  ]);
  expect(files).toContain('dist/main.js');
});

test('the licences of what is bundled travel with it', () => {
  const text = readFileSync('dist/THIRD-PARTY-LICENCES.txt', 'utf8');

  for (const name of ['commander', 'stripe', 'temporal-polyfill', 'chalk'])
    expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
  expect(text).toContain('Permission is hereby granted');
});
