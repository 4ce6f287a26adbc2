import type { Changed, ChangeOptions } from '../contract/calls';
import type { Balance } from '../contract/credit';
import type { Transaction } from '../contract/transactions';
import { add, type Credits, quote, ZERO } from '../core/credits';
import { addMonths, monthIndexOf, startOfMonth } from '../core/date';
import { WalletError } from '../core/errors';
import { locateTransaction, makeId } from '../core/ids';
import { type Entry, isTransaction } from '../core/ledger/entry';
import { findOriginalTerms, type OriginalTerms, type ReversedSoFar, reverseUsage } from '../core/ledger/reversal';
import { parseQuantity, parseText, refuseSecrets } from '../core/text';
import type { LedgerView } from '../ports/ledger-view';
import { requireService } from './catalogue';
import { change } from './command';
import type { Dependencies } from './dependencies';
import { openJournal } from './ledger';
import { presentTransaction } from './present';
import { presentBalance } from './present-balance';
import type { Session } from './session';
import { pricedService } from './usage-settings';

/** Undoes usage, whole or in part: back to the grants it was drawn from, each unit once. */
export async function reverse(
  deps: Dependencies,
  request: ChangeOptions & { transaction: string; quantity?: string; reason?: string },
): Promise<Changed & { transaction: Transaction; balance: Balance }> {
  const reason = request.reason === undefined ? null : parseText(request.reason, 'reason');
  const asked = request.quantity === undefined ? undefined : parseQuantity(request.quantity);
  const facts = { operation: 'usage.reverse', action: 'usage.reverse', subject: request.transaction, reason } as const;
  return change(deps, facts, request, async (unit, session) => {
    const original = await requireEntry(unit, session, request.transaction);
    const soFar = sumReversals(await unit.entriesAbout(request.transaction));
    const standing = (original.quantity ?? 0) - soFar.quantity;
    const quantity = asked ?? standing;
    if (original.type === 'usage' && quantity === 0) throw nothingLeft(request.transaction);
    const month = monthIndexOf(session.calendar.dateOf(session.now()));
    const months = [
      { kind: 'app', name: original.app ?? '', month },
      { kind: 'service', name: original.service ?? '', month },
    ] as const;
    const grants = original.draws.map((draw) => draw.grant);
    const { journal, finish } = await openJournal(unit, session, { months, grants });
    const mixed = original.type === 'usage' && original.unitPrice === null && original.amount > 0;
    const entry = reverseUsage(journal, original, soFar, {
      quantity,
      grantId: makeId('grant', journal.at, session.deps.system.random()),
      memo: reason,
      reference: request.transaction,
      ...(mixed ? { terms: await originalTerms(unit, session, original) } : {}),
    });
    await finish();
    return { transaction: presentTransaction(session, entry), balance: presentBalance(session, journal.wallet) };
  });
}

/** The transaction with that id. Throws `unknown_transaction`, also for another organisation's. */
export async function requireEntry(view: LedgerView, session: Session, id: string): Promise<Entry> {
  const place = locateTransaction(id, session.org.tag);
  const [entry] = place === undefined ? [] : await view.entries([place.seq]);
  if (entry !== undefined && entry.recordedAt === place?.recordedAt && isTransaction(entry.type)) return entry;
  refuseSecrets(id, 'transaction id');
  throw new WalletError('unknown_transaction', `there is no transaction ${quote(id)}`, {
    why: 'nothing was changed',
    hint: 'wallet transactions',
    details: { transaction: id.slice(0, 60) },
  });
}

export function sumReversals(entries: readonly Entry[]): ReversedSoFar {
  let quantity = 0;
  let freeQuantity = 0;
  let amount: Credits = ZERO;
  for (const entry of entries) {
    if (entry.type !== 'reversal') continue;
    quantity += entry.quantity ?? 0;
    freeQuantity += entry.freeQuantity ?? 0;
    amount = add(amount, entry.amount);
  }
  return { quantity, freeQuantity, amount };
}

/** The terms an event was priced by, and what the month had seen before it. */
export async function originalTerms(view: LedgerView, session: Session, original: Entry): Promise<OriginalTerms> {
  const service = await pricedService(view, await requireService(view, original.service ?? ''));
  const first = startOfMonth(session.calendar.dateOf(original.occurredAt));
  const span = [session.calendar.startOfDay(first), session.calendar.startOfDay(addMonths(first, 1))] as const;
  const before = await view.monthUsageBefore(service.service, ...span, original.seq);
  const terms = findOriginalTerms(service.versions, original, before);
  if (terms === undefined) throw notPriced(original, service.service);
  return { terms, before };
}

function notPriced(original: Entry, service: string): WalletError {
  return new WalletError('integrity_failure', `no price of ${service} gives what entry ${original.seq} cost`, {
    why: 'the entry or the prices were changed by hand; nothing was changed now',
    hint: 'wallet verify --full',
  });
}

function nothingLeft(id: string): WalletError {
  return new WalletError('invalid_state', `transaction ${id} is already reversed`, {
    why: 'every unit of it was given back before',
    hint: `wallet explain ${id}`,
    details: { transaction: id },
  });
}
