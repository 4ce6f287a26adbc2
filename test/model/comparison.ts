import { expect } from 'vitest';
import type { Database } from '../../src/adapters/storage/sqlite-engine';
import type { WalletService } from '../../src/contract/wallet-service';
import type { NaiveLedger } from './naive-ledger';
import { decimal, time } from './written';

interface Books {
  readonly wallet: WalletService;
  readonly database: Database;
  readonly holdIds: readonly string[];
}

/** Everything that the wallet tells and keeps, against the model as it is now. */
export async function compareBooks({ wallet, database, holdIds }: Books, model: NaiveLedger): Promise<void> {
  const { balance } = await wallet.credit.balance();
  const { posted, held } = model;
  const available = decimal(posted - held);
  expect(balance).toMatchObject({ posted: decimal(posted), held: decimal(held), available });
  const { grants } = await wallet.credit.listGrants({ all: true, limit: 10_000 });
  expect(grants.map((g) => [g.kind, g.credits, g.remaining, g.priority, g.expiresAt])).toEqual(
    model.grants.map((g) => [
      g.kind,
      decimal(g.credits),
      decimal(g.remaining),
      g.priority,
      Number.isFinite(g.expires) ? time(g.expires) : null,
    ]),
  );
  const { holds } = await wallet.holds.list({ all: true, limit: 10_000 });
  const states = new Map(holds.map((hold) => [hold.id, `${hold.status} ${hold.credits}`]));
  expect(holdIds.map((id) => states.get(id))).toEqual(model.holds.map((h) => `${h.state} ${decimal(h.credits)}`));
  expect((await wallet.organisation.status()).postpaid.accrued).toBe(decimal(model.invoiced));
  expect(countersOf(database)).toEqual(
    model.counted
      .filter((c) => c.quantity !== 0 || c.spent !== 0 || c.free !== 0)
      .map((c) => [c.kind, c.name, c.month, c.quantity, c.free, c.spent].join(' '))
      .sort(),
  );
}

function countersOf(database: Database): readonly string[] {
  const sql = `SELECT kind, name, printf('%04d-%02d', month / 12, month % 12 + 1) AS month, quantity, free_quantity, spent
    FROM month_totals WHERE quantity <> 0 OR free_quantity <> 0 OR spent <> 0`;
  return (database.prepare(sql).raw().all() as (string | number)[][]).map((row) => row.join(' ')).sort();
}
