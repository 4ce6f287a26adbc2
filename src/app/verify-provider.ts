import type { VerifyCheck } from '../contract/audit';
import { formatCredits, fromCents } from '../core/credits';
import { comparePayments, compareReturns, findOrphans, type Mismatch } from '../core/payment/comparison';
import type { Instant } from '../core/time';
import { knownPurchases, readPayments, readReturns } from './processor-books';
import type { Session } from './session';

/**
 * Compares every purchase, refund and dispute with the processor's own objects. Changes nothing. Throws
 * `provider_unavailable` where it can not be asked: that proves nothing either way.
 */
export async function compareWithProcessor(session: Session): Promise<readonly VerifyCheck[]> {
  const before = await knownPurchases(session);
  const since = (before.values().next().value?.createdAt ?? session.org.createdAt) as Instant;
  const payments = await readPayments(session, [...before.values()], since);
  const there = await readReturns(session, [...before.values()], since);
  const after = await knownPurchases(session);
  const refunds = await session.store.read(session.org.number, (view) => view.records.refunds.list());
  // What moved while the processor was read is not compared: neither side is wrong.
  const still = [...before.values()].filter((purchase) => after.get(purchase.id)?.version === purchase.version);
  const byId = new Map(payments.map((payment) => [payment.id, payment]));
  const received = payments.reduce((sum, payment) => sum + payment.receivedCents, 0);
  return [
    check(
      'payments at the processor',
      [...comparePayments(still, byId, there.refunds), ...findOrphans(payments, after)],
      `${still.length} purchases, and the processor took ${formatCredits(fromCents(received))}`,
    ),
    check(
      'returns at the processor',
      compareReturns(still, refunds, there),
      `${refunds.length} refunds and disputes are what the processor says`,
    ),
  ];
}

function check(name: string, mismatches: readonly Mismatch[], sound: string): VerifyCheck {
  const told = mismatches.slice(0, 5).map(({ purchase, detail }) => `${purchase}: ${detail}`);
  const more = mismatches.length > told.length ? [`and ${mismatches.length - told.length} more`] : [];
  return { name, ok: mismatches.length === 0, detail: mismatches.length === 0 ? sound : [...told, ...more].join('; ') };
}
