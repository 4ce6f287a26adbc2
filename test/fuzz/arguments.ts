import fc from 'fast-check';
import { NOUNS } from '../../src/cli/nouns';
import { allOptions } from '../../src/cli/options';
import { type CommandSpec, nameOf, type OptionSpec, takesValue } from '../../src/cli/spec';

/** They wait for somebody, start other programs or change the machine; tests of their own drive them. */
const LEFT_OUT = new Set(['demo', 'run', 'serve', 'migrate']);
/** What reaches beyond the folder of the test. */
const NEVER = new Set(['install', 'debug', 'api']);

const WORDS: Readonly<Record<string, readonly string[]>> = {
  app: ['crm', 'shop'],
  service: ['sms', 'email', 'validation'],
  quantity: ['1', '3', '250'],
  period: ['2026-10', 'this-month', '2026-09-01..2026-10-05'],
  format: ['json', 'csv', 'table'],
  role: ['primary', 'backup', 'admin', 'app'],
  org: ['Acme'],
  tz: ['Europe/Berlin'],
  'payment-method': ['pm_card_visa', 'pm_card_chargeDeclined', 'pm_card_chargeCustomerFail'],
};
const PLAIN = ['1', '10', '0.5', '100', 'crm', 'sms', 'email', '2026-10-01', 'a note', 'ada@example.com', '30d'];

/** A card number and a key, made up here so that they stand in no file. */
export const SECRETS = [['4242', '4242', '4242', '4242'].join(' '), ['sk', 'live', 'a1B2c3D4e5F6g7H8i9J0'].join('_')];

/** Texts that have broken programs before. */
export const HOSTILE = [
  ...['', ' ', '-1', '0', '+1', '-0', '1e3', '1E400', 'NaN', 'Infinity', '0x10', '1,000.00', '$5', '1.', '.5', '٣'],
  ...[
    '99999999999999999999',
    '9007199254740993',
    '0.0000001',
    '1.0000001',
    '007',
    '1 000',
    '１０',
    'true',
    'null',
    '[]',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '{}',
    '{"a":1}',
    '%s%n%d',
    '$HOME',
    '; ls',
    '`ls`',
    '|',
  ],
  ...["' OR 1=1 --", '"', "'", '\\', '\t', '\n', 'a\nb', '\u001b[31mred', '\u202egnp', '\ud800', '😀', '=1+1', '@x'],
  ...[
    '2026-02-30',
    '2026-13',
    '0000-00-00',
    '9999-12-31',
    '2026-10-25T02:30',
    '2026-10-01T00:00:00Z',
    'tomorrow',
    '..',
  ],
  ...['2026-10-05..2026-10-01', '--', '-', '--json', '-y', 'x'.repeat(5000), 'missing/folder/file', '.', 'ledger.db'],
  ...[
    'pm_',
    'pur_',
    'txn_1',
    'card_',
    'card_01',
    'hold_x',
    'grant_',
    'inv_0',
    'alert_',
    'tok_',
    'role:',
    'sms,sms',
    ',',
  ],
  ...[
    'http://',
    'https://10.0.0.1/x',
    'http://169.254.169.254/',
    'javascript:alert(1)',
    'a@b',
    '@',
    '25h',
    '-5m',
    '0s',
  ],
  ...SECRETS,
];

/** Any command with any of its options, and values from plain to hostile. */
export async function commandLines(ids: readonly string[]): Promise<fc.Arbitrary<readonly string[]>> {
  const loaded = await Promise.all(NOUNS.filter(({ name }) => !LEFT_OUT.has(name)).map((noun) => noun.load()));
  const lines = loaded.flatMap(({ commands }) => commands).map((spec) => lineOf(spec, [...PLAIN, ...ids]));
  return fc.oneof({ weight: 30, arbitrary: fc.oneof(...lines) }, { weight: 1, arbitrary: babble() });
}

function lineOf(spec: CommandSpec, plain: readonly string[]): fc.Arbitrary<readonly string[]> {
  const args = (spec.args ?? []).map(({ name, optional }) =>
    optional ? fc.option(textFor(name, plain)) : textFor(name, plain),
  );
  const options = allOptions(spec).filter((option) => !NEVER.has(nameOf(option)));
  const needed = options.filter(({ required }) => required).map((option) => words(option, plain));
  const others = options.filter(({ required }) => !required);
  const chosen = fc.subarray(others, { maxLength: Math.min(5, others.length) });
  const more = chosen.chain((list) => fc.tuple(...list.map((option) => words(option, plain))));
  return fc
    .tuple(fc.tuple(...args), fc.tuple(...needed), more)
    .map(([given, must, may]) => [
      ...spec.path.split(' '),
      ...given.flatMap((word) => word ?? []),
      ...must.flat(),
      ...may.flat(),
    ]);
}

function words(option: OptionSpec, plain: readonly string[]): fc.Arbitrary<readonly string[]> {
  const flag = `--${nameOf(option)}`;
  if (!takesValue(option)) return fc.constant([flag]);
  const values = option.choices ? fc.constantFrom(...option.choices) : textFor(nameOf(option), plain);
  const value = fc.oneof({ weight: 4, arbitrary: values }, { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) });
  return fc.tuple(value, fc.boolean()).map(([text, joined]) => (joined ? [`${flag}=${text}`] : [flag, text]));
}

function textFor(name: string, plain: readonly string[]): fc.Arbitrary<string> {
  const known = WORDS[name] ?? plain;
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...known) },
    { weight: 2, arbitrary: fc.constantFrom(...HOSTILE) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  );
}

/** Words in no order at all. */
function babble(): fc.Arbitrary<readonly string[]> {
  const nouns = NOUNS.map(({ name }) => name).filter((name) => !LEFT_OUT.has(name));
  return fc.array(fc.oneof(fc.constantFrom(...nouns), fc.constantFrom(...HOSTILE)), { maxLength: 6 });
}
