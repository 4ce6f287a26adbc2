import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Parsed } from '../../src/cli/call';
import { commanderParse } from '../../src/cli/commander-parse';
import { NOUNS } from '../../src/cli/nouns';
import { allOptions } from '../../src/cli/options';
import { quickParse } from '../../src/cli/quick-parse';
import { type CommandSpec, nameOf } from '../../src/cli/spec';
import { WalletError } from '../../src/core/errors';

const specs = (await Promise.all(NOUNS.map(async (noun) => (await noun.load()).commands))).flat();

/** Words that a command line of this command may hold, likely and unlikely ones. */
function words(spec: CommandSpec): fc.Arbitrary<string[]> {
  const flags = allOptions(spec).flatMap((option) => [
    `--${nameOf(option)}`,
    `--${nameOf(option)}=x`,
    `--${nameOf(option)}=`,
    ...(option.short === undefined ? [] : [option.short]),
  ]);
  const values = allOptions(spec).flatMap((option) => option.choices ?? []);
  const odd = [
    '',
    '-',
    '--',
    '-1',
    '-0.5',
    '-x',
    '-yq',
    '-of',
    '--unknown',
    '--n',
    '---',
    'a b',
    'a=b',
    '100',
    '#1',
    '…',
  ];
  const word = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...flags) },
    { weight: 3, arbitrary: fc.constantFrom('100', 'sms', 'crm', ...values) },
    { weight: 2, arbitrary: fc.constantFrom(...odd) },
    { weight: 1, arbitrary: fc.string() },
  );
  return fc.array(word, { maxLength: 7 });
}

/** Lines that are mostly right: what a command needs is there, then some of it is disturbed. */
function likely(spec: CommandSpec): fc.Arbitrary<string[]> {
  const args = (spec.args ?? []).map((arg) => `a-${arg.name}`);
  const required = allOptions(spec).flatMap((option) =>
    option.required ? [`--${nameOf(option)}`, option.choices?.[0] ?? '12'] : [],
  );
  return words(spec).map((more) => [...args, ...required, ...more]);
}

function carefully(spec: CommandSpec, argv: readonly string[]): Parsed | string {
  try {
    return commanderParse(spec, argv);
  } catch (error) {
    if (error instanceof WalletError && error.code === 'invalid_usage') return error.message;
    throw error;
  }
}

describe('whatever the quick parser accepts, commander reads the same', () => {
  test.each(specs.map((spec) => [spec.path, spec] as const))('%s', (_path, spec) => {
    fc.assert(
      fc.property(fc.oneof(words(spec), likely(spec)), (argv) => {
        const quick = quickParse(spec, argv);
        if (quick !== undefined) expect(carefully(spec, argv)).toEqual(quick);
      }),
      { numRuns: 150 },
    );
  });
});

test('the quick parser reads the plain lines that matter', () => {
  const record = specs.find((spec) => spec.path === 'usage record') as CommandSpec;
  const line = ['--app', 'crm', '--service', 'sms', '--quantity', '3', '--json', '-q'];
  expect(quickParse(record, line)).toEqual({
    args: [],
    options: { app: 'crm', service: 'sms', quantity: '3', json: true, quiet: true },
    rest: [],
  });
});

test.each([
  ['a value that is missing', ['--app', 'crm', '--service', 'sms', '--quantity']],
  ['a value given twice', ['--app', 'a', '--app', 'b', '--service', 's', '--quantity', '1']],
  ['an empty value', ['--app', '', '--service', 's', '--quantity', '1']],
  ['an unknown option', ['--apps', 'a', '--service', 's', '--quantity', '1']],
  ['a flag where a value belongs', ['--app', '--json', '--service', 's', '--quantity', '1']],
])('%s goes to commander, which refuses it', (_what, argv) => {
  const record = specs.find((spec) => spec.path === 'usage record') as CommandSpec;
  expect(quickParse(record, argv)).toBeUndefined();
  expect(typeof carefully(record, argv)).toBe('string');
});
