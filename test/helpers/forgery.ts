import type { Database } from '../../src/adapters/storage/sqlite-engine';
import { canonicalEntry, rowCheck } from '../../src/core/ledger/chain';
import type { Entry } from '../../src/core/ledger/entry';
import type { Row } from './tampering';

/** Makes the use of e-mail by the shop cheaper by 0.001, and everything in the log agree with it, but for the seals. */
export function forgeTransactions(db: Database): void {
  const rows = db.prepare('SELECT * FROM transactions WHERE org = 1 ORDER BY seq').all() as Row[];
  const from = rows.findIndex((row) => row.service === 'email' && row.type === 'usage');
  for (const [index, row] of rows.entries()) {
    if (index < from) continue;
    const forged = {
      ...row,
      amount: Number(row.amount) - (index === from ? 1_000 : 0),
      balance: Number(row.balance) + 1_000,
    };
    const draws = db
      .prepare('SELECT grant_seq, amount FROM draws WHERE org = 1 AND seq = ? ORDER BY place')
      .all(row.seq) as Row[];
    const sql = 'UPDATE transactions SET amount = ?, balance = ?, row_check = ? WHERE org = 1 AND seq = ?';
    db.prepare(sql).run(forged.amount, forged.balance, rowCheck(canonicalOf(forged, draws)), row.seq);
  }
}

function canonicalOf(row: Row, split: readonly Row[]): string {
  const effect = row.debit === 2 || row.debit === 1 ? Number(row.amount) : -Number(row.amount);
  const own =
    row.grant_seq === null
      ? []
      : [{ grant: Number(row.grant_seq), amount: row.type === 'release' ? -Number(row.amount) : effect }];
  const draws =
    own.length > 0 ? own : split.map((draw) => ({ grant: Number(draw.grant_seq), amount: Number(draw.amount) }));
  return canonicalEntry({
    seq: row.seq,
    type: row.type,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    service: row.service,
    app: row.app,
    user: row.user_name,
    campaign: row.campaign,
    quantity: row.quantity,
    freeQuantity: row.free_quantity,
    unitPrice: row.unit_price,
    debit: row.debit,
    credit: row.credit,
    amount: row.amount,
    balance: row.balance,
    memo: row.memo,
    reference: row.reference,
    externalId: row.external_id,
    actor: row.actor,
    draws,
  } as unknown as Entry);
}
