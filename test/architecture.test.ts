import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { satisfies } from 'semver';
import { expect, test } from 'vitest';

interface LockedPackage {
  readonly optional?: boolean;
  readonly engines?: { readonly node?: string };
}

test('every import keeps the rules, and the rules saw the source', () => {
  const run = spawnSync(process.execPath, ['scripts/check-imports.mjs'], { encoding: 'utf8' });

  expect(run.stdout + run.stderr).toMatch(/^[1-9]\d* modules, [1-9]\d* imports, 0 violations\n$/);
  expect(run.status).toBe(0);
});

test('no locked package refuses Node 20.19', () => {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, LockedPackage> };
  const locked = Object.entries(lock.packages);

  const refusing = locked.filter(([, entry]) => !entry.optional && !satisfies('20.19.0', entry.engines?.node ?? '*'));

  expect(locked.length).toBeGreaterThan(100);
  expect(refusing.map(([path]) => path)).toEqual([]);
});
