import { expect, test } from 'vitest';
import { commandHelp, renderHelp } from '../../src/cli/help';
import { NOUNS } from '../../src/cli/nouns';
import { allOptions, GLOBAL_OPTIONS } from '../../src/cli/options';
import { nameOf } from '../../src/cli/spec';
import { TOPICS } from '../../src/cli/topics';
import { FORMATS } from '../../src/output/formats';

const nouns = await Promise.all(NOUNS.map(async (noun) => ({ noun, commands: (await noun.load()).commands })));
const specs = nouns.flatMap(({ commands }) => commands);
const pages: readonly (readonly [string, string])[] = [
  ['wallet', renderHelp(NOUNS)],
  ...nouns.map(({ noun, commands }) => [noun.name, renderHelp(NOUNS, noun, commands)] as const),
  ...specs.map((spec) => [spec.path, commandHelp(spec)] as const),
  ...Object.entries(TOPICS).map(([topic, text]) => [topic, text()] as const),
];

test.each(pages)('help on %s fits 80 columns', (_name, text) => {
  const wide = text.split('\n').filter((line) => line.length > 80 && !line.startsWith('  $ '));
  expect(wide).toEqual([]);
});

test.each(specs.map((spec) => [spec.path, spec] as const))('%s has an example that runs it', (path, spec) => {
  expect(spec.examples.length).toBeGreaterThan(0);
  const [noun = '', verb = ''] = path.split(' ');
  const names = [noun, ...(nouns.find((entry) => entry.noun.name === noun)?.noun.aliases ?? [])];
  for (const { command } of spec.examples) {
    const starts = names.map((name) => `wallet ${name}${verb === '' ? '' : ` ${verb}`}`);
    expect(starts.some((start) => command.startsWith(start))).toBe(true);
    expect(command.length).toBeLessThanOrEqual(76);
  }
});

test.each(specs.map((spec) => [spec.path, spec] as const))('%s starts with the words of its noun', (path, spec) => {
  const entry = nouns.find(({ commands }) => commands.includes(spec));
  expect(path === entry?.noun.name || path.startsWith(`${entry?.noun.name} `)).toBe(true);
});

test.each(specs.map((spec) => [spec.path, spec] as const))('%s declares no option twice', (_path, spec) => {
  const names = allOptions(spec).map(nameOf);
  expect(names).toEqual([...new Set(names)]);
});

test('the top-level help is in the order of the contract', () => {
  const text = renderHelp(NOUNS);
  const order = ['Prepaid credits', 'Usage:', 'Examples:', 'Money:', 'System:', 'Options:'].map((part) =>
    text.indexOf(part),
  );
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order[0]).toBe(0);
  for (const topic of Object.keys(TOPICS)) expect(text.slice(text.indexOf('More:'))).toContain(topic);
  for (const option of GLOBAL_OPTIONS) expect(text).toContain(`--${nameOf(option)}`);
});

test('a list offers every format that there is', () => {
  const list = specs.find(({ path }) => path === 'transactions');
  const format = allOptions(list ?? fail()).find((option) => nameOf(option) === 'format');
  expect(format?.choices).toEqual(FORMATS);
});

function fail(): never {
  throw new Error('there is a command named transactions');
}
