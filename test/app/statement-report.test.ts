import { afterAll, describe, expect, it } from 'vitest';
import type { StatementFigures } from '../../src/contract/reports';
import { add, formatCredits, readCredits, ZERO } from '../../src/core/credits';
import { MOVEMENTS } from '../../src/core/report/statement';
import type { Books } from '../helpers/books';
import { allTransactions, randomBooks } from '../helpers/random-books';

const opened: Books[] = [];
afterAll(() => Promise.all(opened.map((books) => books.close())));

async function open(seed: number): Promise<Books> {
  const books = await randomBooks(seed);
  opened.push(books);
  return books;
}

const MONTHS = ['2026-05', '2026-06', '2026-07', '2026-08', '2026-09', '2026-10', '2026-11'];

describe('a statement', () => {
  it.each([11, 12])('of each month of the random ledger %i meets the next and ends in the balance', async (seed) => {
    const { wallet } = await open(seed);

    const statements = [];
    for (const period of MONTHS) statements.push(await wallet.reports.statement({ period }));

    expect(statements[0]?.opening).toBe('0.00');
    for (const [at, statement] of statements.entries()) {
      expect(statement.closing).toBe(sum([statement.opening, ...MOVEMENTS.map((name) => statement[name])]));
      expect(statement.opening).toBe(statements[at - 1]?.closing ?? '0.00');
    }
    expect(statements.at(-1)?.closing).toBe((await wallet.credit.balance()).balance.posted);
  });

  it('has the sums of the transactions of its period, by kind, service and app', async () => {
    const { wallet } = await open(13);

    const statement = await wallet.reports.statement({ period: '2026-07' });
    const rows = await allTransactions(wallet, { period: '2026-07' });

    expect(statement.used).toBe(sum(rows.filter(({ type }) => type === 'usage').map(({ amount }) => amount)));
    expect(statement.invoiced).toBe(sum(rows.map(({ invoiced }) => invoiced)));
    for (const by of [statement.byService, statement.byApp])
      expect(sum(by.map(({ amount }) => amount))).toBe(sum([statement.used, statement.reversed]));
  });

  it('may start and end in the middle of a day, and the halves come to the whole', async () => {
    const { wallet } = await open(14);
    const middle = '2026-07-14T15:16:17Z';

    const whole = await wallet.reports.statement({ period: '2026-06-01..2026-08-31' });
    const first = await wallet.reports.statement({ period: `2026-06-01..${middle}` });
    const second = await wallet.reports.statement({ period: `${middle}..2026-08-31` });

    expect(first.closing).toBe(second.opening);
    expect([second.closing, first.opening]).toEqual([whole.closing, whole.opening]);
    for (const name of MOVEMENTS) expect(sum([first[name], second[name]])).toBe(whole[name]);
  });

  it('shows what has lapsed although no write has booked it yet', async () => {
    const books = await open(15);
    await books.wallet.credit.addGrant({ credits: '9', reason: 'short', expires: '2026-11-25', priority: '1' });
    books.setNow('2026-12-02T00:00:00Z');

    const statement = await books.wallet.reports.statement({ period: '2026-11' });

    expect(statement.expired).toBe('-9.00');
    expect(statement.closing).toBe((await books.wallet.credit.balance()).balance.posted);
  });

  it('of all organisations is a row for each and their sum', async () => {
    const books = await open(16);
    const other = books.inOrg('Beta');
    await other.organisation.init({ org: 'Beta' });
    await other.credit.addGrant({ credits: '12.5', reason: 'start' });

    const { organisations, total } = await books.wallet.reports.allStatements({ period: '2026' });

    expect(organisations.map(({ org }) => org)).toEqual(['Acme', 'Beta']);
    expect(organisations[1]?.granted).toBe('12.50');
    const names: readonly (keyof StatementFigures)[] = ['opening', ...MOVEMENTS, 'closing', 'invoiced'];
    for (const name of names) expect(sum(organisations.map((each) => String(each[name])))).toBe(total[name]);
  });

  it('of a period that ends before it starts is refused', async () => {
    const { wallet } = await open(17);

    await expect(wallet.reports.statement({ period: '2026-10..2026-09' })).rejects.toMatchObject({
      code: 'invalid_time',
    });
  });
});

function sum(amounts: readonly string[]): string {
  return formatCredits(amounts.reduce((total, amount) => add(total, readCredits(amount)), ZERO));
}
