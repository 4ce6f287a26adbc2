import { afterAll, describe, expect, it } from 'vitest';
import type { UsageFigures } from '../../src/contract/reports';
import type { TransactionFilter } from '../../src/contract/transactions';
import { add, type Credits, formatCredits, readCredits, subtract, ZERO } from '../../src/core/credits';
import type { Books } from '../helpers/books';
import { allTransactions, createDice, randomBooks } from '../helpers/random-books';

const opened: Books[] = [];
afterAll(() => Promise.all(opened.map((books) => books.close())));

async function open(seed: number): Promise<Books> {
  const books = await randomBooks(seed);
  opened.push(books);
  return books;
}

const TIMES: readonly TransactionFilter[] = [
  {},
  { period: '2026-07' },
  { period: '2026-Q3' },
  { from: '2026-06-10T13:45:00Z' },
  { from: '2026-06-10T13:45:00Z', to: '2026-06-10T22:00:00Z' },
  { from: '2026-06-30', to: '2026-08-05T09:10:11Z' },
  { to: '2026-07-19' },
];
const OTHERS: readonly TransactionFilter[] = [
  {},
  { services: ['sms', 'audio-transcription'] },
  { apps: ['crm'], users: ['ada'] },
  { campaigns: ['spring'], types: ['usage'] },
  { types: ['purchase', 'grant', 'usage'] },
  { search: 'sale' },
  { min: '0.5', max: '2' },
];
const GROUPS = [['service'], ['app', 'month'], ['week', 'service', 'user'], ['day'], ['campaign', 'day', 'app']];

describe('report usage ties to transactions with the same filters', () => {
  it.each([1, 2, 3])('on the random ledger %i', async (seed) => {
    const { wallet } = await open(seed);
    const dice = createDice(seed);

    for (const time of TIMES) {
      const filter = { types: ['usage', 'reversal'], ...OTHERS[dice.roll(OTHERS.length)], ...time };
      const rows = await allTransactions(wallet, filter);
      const by = GROUPS[dice.roll(GROUPS.length)] ?? [];
      const report = await wallet.reports.usage({ ...filter, by });

      expect(report.total).toEqual(sumOf(rows));
      expect(addUp(report.rows)).toEqual(report.total);
    }
  });

  it('keeps the subtotals in step with the rows', async () => {
    const { wallet } = await open(4);

    const report = await wallet.reports.usage({ by: ['service', 'app', 'month'] });

    for (const level of [1, 2]) {
      const sums = report.subtotals.filter((row) => (row.app === undefined ? 1 : 2) === level);
      expect(addUp(sums)).toEqual(report.total);
    }
  });

  it('shows each group with the sum of its transactions', async () => {
    const { wallet } = await open(5);

    const report = await wallet.reports.usage({ by: ['service', 'campaign'], period: '2026-07' });

    for (const row of report.rows) {
      const all = await allTransactions(wallet, { services: [row.service ?? ''], period: '2026-07' });
      const { service: _service, campaign: _campaign, share: _share, ...sums } = row;
      expect(sums).toEqual(sumOf(all.filter((each) => each.campaign === row.campaign)));
    }
    expect(report.rows.length).toBeGreaterThan(4);
  });

  it('refuses a word that is no grouping, and says which are', async () => {
    const { wallet } = await open(6);

    await expect(wallet.reports.usage({ by: ['servise'] })).rejects.toMatchObject({
      code: 'invalid_value',
      hint: 'did you mean service?',
    });
  });
});

function sumOf(rows: Awaited<ReturnType<typeof allTransactions>>): UsageFigures {
  const sum = (pick: (row: (typeof rows)[number]) => number | null) =>
    rows.reduce((total, row) => total + (pick(row) ?? 0), 0);
  const credits = (pick: (row: (typeof rows)[number]) => string): Credits =>
    rows.reduce((total, row) => add(total, readCredits(pick(row))), ZERO);
  const used = rows.filter(({ type }) => type === 'usage' || type === 'reversal');
  const cost = used.reduce((c, row) => subtract(add(c, readCredits(row.invoiced)), readCredits(row.amount)), ZERO);
  return {
    transactions: rows.length,
    quantity: sum((row) => row.quantity),
    freeQuantity: sum((row) => row.freeQuantity),
    reversedQuantity: sum((row) => (row.type === 'reversal' ? row.quantity : 0)),
    amount: formatCredits(credits((row) => row.amount)),
    invoiced: formatCredits(credits((row) => row.invoiced)),
    cost: formatCredits(cost),
  };
}

function addUp(rows: readonly UsageFigures[]): UsageFigures {
  const counts = (key: 'transactions' | 'quantity' | 'freeQuantity' | 'reversedQuantity') =>
    rows.reduce((total, row) => total + row[key], 0);
  const credits = (key: 'amount' | 'invoiced' | 'cost') =>
    formatCredits(rows.reduce((total, row) => add(total, readCredits(row[key])), ZERO));
  return {
    transactions: counts('transactions'),
    quantity: counts('quantity'),
    freeQuantity: counts('freeQuantity'),
    reversedQuantity: counts('reversedQuantity'),
    amount: credits('amount'),
    invoiced: credits('invoiced'),
    cost: credits('cost'),
  };
}
