import { formatCredits } from '../core/credits';
import type { HostedPage, PurchaseRecord } from '../core/payment/purchase';
import { formatInstant } from '../core/time';
import type { LedgerUnit } from '../ports/ledger-unit';
import { raise } from './notices';
import type { Session } from './session';

/** Gives the administrators the page on which a top-up can be paid: nobody sits behind it who would see it otherwise. */
export async function raisePaymentPage(
  unit: LedgerUnit,
  session: Session,
  purchase: PurchaseRecord,
  page: HostedPage,
): Promise<void> {
  const credits = formatCredits(purchase.credits);
  await raise(unit, session, {
    kind: 'purchase-unresolved',
    subject: `purchase-unresolved:${purchase.id}`,
    value: credits,
    title: `Auto top-up: a person has to pay for ${credits} credits`,
    lines: [
      `The bank wants the card holder to act. Pay before ${formatInstant(page.expiresAt)} on: ${page.url}`,
      'Nothing was charged, and nothing is tried again with that card by itself.',
      `To do without: wallet purchase cancel ${purchase.id}`,
    ],
  });
}
