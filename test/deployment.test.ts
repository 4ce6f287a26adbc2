import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commands } from '../src/cli/commands/serve';

/** Every `wallet serve …` that a file tells somebody to run. */
function servesIn(file: string): string[] {
  const text = readFileSync(file, 'utf8').replaceAll('\\\n', ' ').replace(/", "/g, ' ');
  return [...text.matchAll(/\bserve ((?:--?[a-z][\w-]*[^\n"`#;)]*)+)/g)].map(([, words = '']) => words.trim());
}

test.each(['Dockerfile', 'examples/wallet.service', 'docs/operations.md', 'docs/api.md'])(
  '%s starts the server with options that it has',
  (file) => {
    const known = commands.flatMap(({ options = [] }) => options.map(({ flag }) => flag.split(' ')[0]));
    const serves = servesIn(file);
    const used = serves.flatMap((words) => words.match(/--[a-z-]+/g) ?? []);
    expect(serves.length).toBeGreaterThan(0);
    expect(used.filter((flag) => !known.includes(flag))).toEqual([]);
  },
);

test('the service and the image keep the ledger where each says it is, and wait for what is under way', () => {
  const unit = readFileSync('examples/wallet.service', 'utf8');
  const image = readFileSync('Dockerfile', 'utf8');
  for (const text of [unit, image]) expect(text).toMatch(/XDG_DATA_HOME=\/var\/lib$/m);
  expect(unit).toMatch(/^StateDirectory=wallet\nStateDirectoryMode=0700$/m);
  expect(image).toContain('VOLUME /var/lib/wallet');
  const patience = Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]) * 1_000;
  const ending = Number(
    /endingMs: ([\d_]+)/.exec(readFileSync('src/http/server.ts', 'utf8'))?.[1]?.replaceAll('_', ''),
  );
  expect(patience).toBeGreaterThan(ending);
});
