import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { add, type Credits, formatCredits, parseCredits, readCredits, subtract, ZERO } from '../../src/core/credits';
import type { Books } from '../helpers/books';
import { hasProgram } from '../helpers/programs';
import { allTransactions, randomBooks } from '../helpers/random-books';

const BEANCOUNT_BALANCES = `
import sys
from beancount import loader
from beancount.core import realization
entries, errors, options = loader.load_file(sys.argv[1])
assert not errors, errors
for real in realization.iter_children(realization.realize(entries)):
    for position in real.balance:
        print(real.account + '\\t' + format(position.units.number, 'f'))
`;

/** The accounting programs themselves. */
const PROGRAMS = {
  hledger: {
    check: (file: string) => run('hledger', ['check', '--strict', '-f', file]),
    balances: (file: string) => run('hledger', ['bal', '-f', file, '-N', '--flat', '-O', 'csv']),
  },
  ledger: {
    check: (file: string) => run('ledger', ['--pedantic', '--strict', '-f', file, 'stats']),
    balances: (file: string) =>
      run('ledger', [
        '-f',
        file,
        'bal',
        '--flat',
        '--no-total',
        '--format',
        '%(account)\t%(quantity(display_total))\n',
      ]),
  },
  beancount: {
    check: (file: string) => run('bean-check', [file]),
    balances: (file: string) => run('/usr/bin/python3', ['-c', BEANCOUNT_BALANCES, file]),
  },
} as const;

type Program = keyof typeof PROGRAMS;
const NAMES = Object.keys(PROGRAMS) as Program[];
const COMMANDS = { hledger: 'hledger', ledger: 'ledger', beancount: 'bean-check' } as const;
const INSTALLED = NAMES.filter((name) => hasProgram(COMMANDS[name]));
const folder = mkdtempSync(path.join(tmpdir(), 'wallet-journal-'));
let books: Books;

beforeAll(async () => {
  books = await randomBooks(21);
  await books.wallet.catalogue.addService({ service: 'a.b', price: '0.000001' });
  await books.wallet.catalogue.addService({ service: 'a_b', price: '12.345678' });
  const odd = { app: 'crm', quantity: '3', user: 'x:y', memo: 'k:: 1, [2020-01-01] ; "q" \\ date:2020-01-01' };
  await books.wallet.usage.record({ ...odd, service: 'a.b', campaign: '; = @ 5 USD' });
  await books.wallet.usage.record({ ...odd, service: 'a_b', id: '=1,2' });
  await books.wallet.credit.addGrant({ credits: '3.3', reason: 'short', expires: '2026-11-25', priority: '1' });
  books.setNow('2026-11-28T12:00:00Z');
  await books.wallet.holds.create({ app: 'crm', service: 'sms', credits: '6.25' });
  books.setNow('2026-11-29T09:00:00Z');
});
afterAll(async () => {
  await books.close();
  rmSync(folder, { recursive: true });
});

describe.each(INSTALLED)('a journal for %s', (program) => {
  it('is accepted, and its balances are ours to the last digit', async () => {
    const file = await writeJournal(program);

    PROGRAMS[program].check(file);
    const balances = balancesOf(program, file);
    const { balance } = await books.wallet.credit.balance();
    const rows = await allTransactions(books.wallet, {});
    const sum = (pick: (row: (typeof rows)[number]) => string) =>
      rows.reduce((s, row) => add(s, readCredits(pick(row))), ZERO);

    expect(balances.get('assets:credits')).toBe(balance.available);
    expect(balances.get('assets:held')).toBe(balance.held);
    expect(balances.get('liabilities:postpaid')).toBe(
      formatCredits(
        subtract(
          ZERO,
          sum((row) => row.invoiced),
        ),
      ),
    );
    const used = await books.wallet.reports.usage({ by: ['service'] });
    for (const { service, cost } of used.rows.filter((row) => row.cost !== '0.00' && !/[._]/.test(row.service ?? '')))
      expect([service, balances.get(`expenses:usage:${service}`)]).toEqual([service, cost]);
  });

  it('of a period opens with what was before it, and ends in its statement', async () => {
    const period = '2026-07';
    const file = await writeJournal(program, period);

    PROGRAMS[program].check(file);
    const balances = balancesOf(program, file);
    const statement = await books.wallet.reports.statement({ period });

    const assets = add(
      readCredits(balances.get('assets:credits') ?? '0'),
      readCredits(balances.get('assets:held') ?? '0'),
    );
    expect(formatCredits(assets)).toBe(statement.closing);
    const used = [...balances].filter(([name]) => name.startsWith('expenses:usage:'));
    const expenses = used.reduce((s, [, amount]) => add(s, readCredits(amount)), ZERO);
    expect(
      formatCredits(
        subtract(readCredits(statement.invoiced), add(readCredits(statement.used), readCredits(statement.reversed))),
      ),
    ).toBe(formatCredits(expenses));
  });
});

describe('a journal', () => {
  it('is the same whatever its pages, and for an empty ledger has its declarations', async () => {
    expect(await journalOf('ledger')).toBe(await journalOf('ledger'));
    const empty = await books.wallet.reports.journal({ format: 'hledger', period: '2026-01' });
    expect(empty.text).toContain('account assets:credits\n');
  });

  it('for an unknown program is refused', async () => {
    await expect(books.wallet.reports.journal({ format: 'gnucash' })).rejects.toMatchObject({ code: 'invalid_value' });
  });
});

async function journalOf(format: Program, period?: string): Promise<string> {
  let text = '';
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await books.wallet.reports.journal({
      format,
      ...(period === undefined ? {} : { period }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    text += page.text;
    cursor = page.next;
  }
  return text;
}

async function writeJournal(format: Program, period?: string): Promise<string> {
  const file = path.join(folder, `${period ?? 'all'}.${format}`);
  writeFileSync(file, await journalOf(format, period));
  return file;
}

/** What the program says, by our names of the accounts, as we write amounts. */
function balancesOf(program: Program, file: string): Map<string, string> {
  const lines = PROGRAMS[program]
    .balances(file)
    .split('\n')
    .filter((line) => /[\t,]/.test(line) && !line.includes('"account"'));
  return new Map(
    lines.map((line) => {
      const [account = '', amount = ''] = line.replaceAll('"', '').split(/[\t,]/);
      return [account.toLowerCase(), exact(amount.replace('USD', '').trim())];
    }),
  );
}

function exact(amount: string): string {
  const plain = amount.replace('-', '').replace(/(\.\d{6})0+$/, '$1');
  const size: Credits = Number(plain) === 0 ? ZERO : parseCredits(plain);
  return formatCredits(amount.startsWith('-') ? subtract(ZERO, size) : size);
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, LANG: 'C.UTF-8' },
  });
  expect([program, error?.message, status, stderr.trim()]).toEqual([program, undefined, 0, '']);
  return stdout;
}
