import type { Transaction } from '../contract/transactions';
import { formatCredits, negate } from '../core/credits';
import { accountName } from '../core/ledger/chart';
import { type Entry, OVERDRAFT } from '../core/ledger/entry';
import { rate } from '../core/pricing/rating';
import { formatInstant } from '../core/time';
import type { LedgerView } from '../ports/ledger-view';
import type { Dependencies } from './dependencies';
import { presentTransaction } from './present';
import { originalTerms, requireEntry, sumReversals } from './reversal';
import { readLedger, type Session } from './session';

/** Why this amount: the transfer, the price and quota, the grants in the order drawn, what was reversed, who and when. */
export async function explain(
  deps: Dependencies,
  request: { id: string },
): Promise<{ transaction: Transaction; explanation: readonly string[] }> {
  return readLedger(deps, 'transaction.read', async (view, session) => {
    const entry = await requireEntry(view, session, request.id);
    const explanation = [
      ...transferLines(entry),
      ...(entry.type === 'usage' ? await priceLines(view, session, entry) : []),
      ...(await drawLines(view, entry)),
      ...(await reversalLines(view, request.id)),
      `recorded ${formatInstant(entry.recordedAt)} by ${entry.actor}${entry.reference === null ? '' : `, about ${entry.reference}`}`,
    ];
    return { transaction: presentTransaction(session, entry), explanation };
  });
}

function transferLines(entry: Entry): readonly string[] {
  if (entry.debit === null || entry.credit === null) return ['nothing moved: the free quota covered it'];
  const names = [entry.debit, entry.credit].map((account) => accountName(account, entry.service));
  return [`${formatCredits(entry.amount)} credits: debit ${names[0]}, credit ${names[1]}`];
}

async function priceLines(view: LedgerView, session: Session, entry: Entry): Promise<readonly string[]> {
  const { terms, before } = await originalTerms(view, session, entry);
  const quantity = entry.quantity ?? 0;
  const again = rate(terms, quantity, before);
  const since =
    terms.effectiveFrom === 0 ? 'from the beginning' : `in force since ${formatInstant(terms.effectiveFrom)}`;
  const lines = [`price version ${terms.version} of ${terms.service}, ${since}`];
  if (terms.freeQuota > 0) {
    lines.push(
      `${again.freeQuantity} of ${quantity} units free: ${before.freeQuantity} of ${terms.freeQuota} were used in the month before`,
    );
  }
  if (terms.tiers.length > 0) {
    const tiers = terms.tiers.map((tier) => `from ${tier.from}: ${formatCredits(tier.price)}`);
    lines.push(`tiers by the month's quantity, ${before.quantity} before this: ${tiers.join(', ')}`);
  } else {
    lines.push(
      `${quantity - again.freeQuantity} paid units at ${formatCredits(terms.price)} are ${formatCredits(again.cost)} credits`,
    );
  }
  return lines;
}

async function drawLines(view: LedgerView, entry: Entry): Promise<readonly string[]> {
  const seqs = entry.draws.map((draw) => draw.grant).filter((grant) => grant !== OVERDRAFT);
  const grants = new Map((await view.grants({ seqs })).map((grant) => [grant.seq, grant]));
  return entry.draws.map((draw) => {
    const grant = grants.get(draw.grant);
    const where = grant === undefined ? 'the overdraft' : `${grant.kind} ${grant.id} (${grant.source})`;
    return draw.amount < 0
      ? `drew ${formatCredits(negate(draw.amount))} from ${where}`
      : `put ${formatCredits(draw.amount)} into ${where}`;
  });
}

async function reversalLines(view: LedgerView, id: string): Promise<readonly string[]> {
  const { quantity, amount } = sumReversals(await view.entriesAbout(id));
  return quantity === 0 ? [] : [`${quantity} units reversed since: ${formatCredits(amount)} credits given back`];
}
