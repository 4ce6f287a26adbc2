import { add, type Credits, subtract, ZERO } from '../core/credits';
import { monthIndexOf } from '../core/date';
import type { WalletState } from '../core/ledger/wallet-state';
import { type CardRecord, chargeOrder } from '../core/payment/card';
import { isUnresolved, type PurchaseRecord } from '../core/payment/purchase';
import { decide, type RechargeRuleRecord, type RechargeState, released } from '../core/recharge';
import type { LedgerView } from '../ports/ledger-view';
import { leftToday } from './purchase-guards';
import type { Session } from './session';

/** An organisation has one rule. */
export const RULE_ID = 'recharge';
/** Purchases read at once when the month's top-ups are added up. */
const PAGE = 200;

export interface RechargeFacts {
  /** As stored; compare with `rule` to see whether it must be written. */
  readonly stored: RechargeRuleRecord | undefined;
  /** Without blocks and pauses that no longer hold. */
  readonly rule: RechargeRuleRecord | undefined;
  readonly state: RechargeState;
  /** Cards on file. */
  readonly cards: readonly CardRecord[];
}

/** Everything the decision depends on, as it stands in this read or write. */
export async function readRecharge(view: LedgerView, session: Session, wallet: WalletState): Promise<RechargeFacts> {
  const stored = await view.records.recharge_rules.find(RULE_ID);
  const cards = await view.records.cards.list({ removedAt: null });
  const rule = stored === undefined ? undefined : released(stored, cards);
  const org = (await view.records.organisations.find(session.org.id)) ?? session.org;
  const open = await view.unresolvedPurchases();
  const today = session.calendar.dateOf(session.now());
  const isBlocked = (card: CardRecord) => rule?.blocked.some((each) => each.card === card.id) === true;
  const state: RechargeState = {
    available: subtract(wallet.posted, wallet.held),
    pendingIn: sumOf(open.filter(isOnItsWay)),
    unresolved: open.find((each) => each.trigger === 'recharge' && each.state !== 'needs_person')?.id ?? null,
    awaited: open.find((each) => each.trigger === 'recharge' && each.state === 'needs_person')?.id ?? null,
    ...(await madeSoFar(view, session)),
    cards: chargeOrder(cards, today)
      .filter((card) => !isBlocked(card))
      .map((card) => card.id),
    largestPurchase: session.deps.maxPurchase,
    leftToday: await leftToday(view, session, org),
    frozen: org.frozenAt !== null,
  };
  return { stored, rule, state, cards };
}

/** Whether the next check would charge. One look-up where there is no rule or no need. */
export async function isTopUpDue(view: LedgerView, session: Session, wallet: WalletState): Promise<boolean> {
  const rule = await standingRule(view);
  return asksForTopUp(rule, wallet) && (await wouldCharge(view, session, wallet));
}

export function standingRule(view: LedgerView): Promise<RechargeRuleRecord | undefined> {
  return view.recall('standing rule', () => view.records.recharge_rules.find(RULE_ID));
}

/** Whether the rule wants a top-up, by the balance alone. */
export function asksForTopUp(rule: RechargeRuleRecord | undefined, { posted, held }: WalletState): boolean {
  return rule?.enabled === true && subtract(posted, held) < rule.below;
}

/** Whether a check would charge, by everything that it goes by. */
export async function wouldCharge(view: LedgerView, session: Session, wallet: WalletState): Promise<boolean> {
  const known = await readRecharge(view, session, wallet);
  return decide(known.rule, known.state, session.now()).kind === 'charge';
}

/** A card payment under way. An invoice may be paid in weeks; what needs a person may never come. */
function isOnItsWay({ paymentMethod, state }: PurchaseRecord): boolean {
  return paymentMethod !== 'billing_account' && state !== 'needs_review' && state !== 'needs_person';
}

async function madeSoFar(view: LedgerView, session: Session) {
  const { calendar } = session;
  const today = calendar.dateOf(session.now());
  const made = await topUpsOfMonth(view, session);
  const paid = made.filter((purchase) => purchase.state === 'succeeded' || isUnresolved(purchase));
  return {
    chargedThisMonth: sumOf(paid),
    madeToday: made.filter((purchase) => calendar.dateOf(purchase.createdAt) === today).length,
  };
}

/** Top-ups asked for in this calendar month, newest first. */
async function topUpsOfMonth(view: LedgerView, session: Session): Promise<readonly PurchaseRecord[]> {
  const { calendar } = session;
  const month = monthIndexOf(calendar.dateOf(session.now()));
  const made: PurchaseRecord[] = [];
  for (let after: string | undefined; ; ) {
    const page = await view.records.purchases.list(
      { trigger: 'recharge' },
      { newestFirst: true, limit: PAGE, ...(after === undefined ? {} : { after }) },
    );
    const current = page.filter((purchase) => monthIndexOf(calendar.dateOf(purchase.createdAt)) === month);
    made.push(...current);
    after = page.at(-1)?.id;
    if (after === undefined || current.length < page.length || page.length < PAGE) return made;
  }
}

function sumOf(purchases: readonly PurchaseRecord[]): Credits {
  return purchases.reduce((sum, purchase) => add(sum, purchase.credits), ZERO);
}
