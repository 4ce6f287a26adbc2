import type { Changed, ChangeOptions } from '../contract/calls';
import type { RechargeCheck } from '../contract/recharge';
import { formatCredits } from '../core/credits';
import { formatDate, monthOf } from '../core/date';
import { makeId } from '../core/ids';
import { shownCode } from '../core/payment/decline';
import { type PurchaseRecord, placePurchase } from '../core/payment/purchase';
import { withCancel } from '../core/payment/purchase-steps';
import { decide, type Guard, type RechargeDecision, type RechargeRuleRecord } from '../core/recharge';
import { formatInstant, type Instant } from '../core/time';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { EvaluationRecord } from '../ports/record-types';
import { Abandon } from '../ports/store';
import { type ChangeFacts, changeIn, fingerprintOf, replayed } from './command';
import type { Dependencies } from './dependencies';
import { settledJournal } from './ledger';
import { raise } from './notices';
import { presentPurchase } from './present';
import { presentBalance } from './present-balance';
import { requirePurchase } from './purchase-records';
import { driveUnresolved } from './purchases';
import { GUARD_REASONS } from './recharge-reasons';
import { type RechargeFacts, readRecharge } from './recharge-state';
import { openSession, type Session } from './session';
import { drive } from './settlement';
import { move } from './settlement-moves';
import { asPending } from './unwritten';

/** What one evaluation came to: at most one purchase, which exists because of it. */
interface Evaluated {
  readonly outcome: RechargeCheck['outcome'];
  readonly guard: Guard;
  readonly purchase: string | null;
}

/**
 * Tops up if the rule says so. What earlier commands left open is settled first; then one write reads everything,
 * decides, and records the intent under a key of organisation, rule and attempt: any number of checks at once make one
 * purchase. The charge follows outside of any write.
 */
export async function check(deps: Dependencies, request: ChangeOptions = {}): Promise<Changed & RechargeCheck> {
  const session = await openSession(deps, 'recharge.check');
  const known = await replayed<RechargeCheck>(session, CHECK, request);
  if (known !== undefined) return known;
  const checked = await checkIn(session, request);
  const settled = checked.outcome !== 'pending' && request.dryRun !== true && request.idempotencyKey !== undefined;
  // A check that is still pending keeps no answer: asked again, the key tells how it ended.
  return settled ? changeIn(session, CHECK, request, async () => checked) : checked;
}

const CHECK: ChangeFacts = { operation: 'recharge.check', action: 'recharge.check', subject: 'auto top-up' };

/** As `check`, in a session that is already open. */
async function checkIn(session: Session, request: ChangeOptions = {}): Promise<Changed & RechargeCheck> {
  if (request.dryRun !== true) await driveUnresolved(session);
  const evaluated = await evaluateFreely(session, request.dryRun === true);
  if (request.dryRun === true) return { ...(await answer(session, { ...evaluated, purchase: null })), dryRun: true };
  if (evaluated.outcome !== 'recharged' || evaluated.purchase === null) return answer(session, evaluated);
  session.deps.system.reached('intent.after_commit');
  session.deps.onRecord?.(evaluated.purchase);
  const purchase = await drive(session, evaluated.purchase).catch(asPending('purchase', evaluated.purchase));
  return answer(session, { ...evaluated, outcome: outcomeOf(purchase) });
}

function outcomeOf({ state }: PurchaseRecord): RechargeCheck['outcome'] {
  if (state === 'succeeded') return 'recharged';
  // Waiting for a person, nothing was charged and nothing will be by itself.
  return state === 'failed' || state === 'needs_person' ? 'failed' : 'pending';
}

/** Evaluates; where only an earlier top-up is in the way that waits for a person, that one is closed first. */
async function evaluateFreely(session: Session, dryRun: boolean): Promise<Evaluated> {
  const evaluated = await evaluate(session, dryRun);
  if (dryRun || evaluated.guard !== 'awaits_person' || evaluated.purchase === null) return evaluated;
  const waiting = await session.store.read(session.org.number, (view) =>
    requirePurchase(view, evaluated.purchase ?? ''),
  );
  await move(session, waiting, 'purchase.cancel', (current) => withCancel(current) ?? current);
  await drive(session, waiting.id);
  return evaluate(session, dryRun);
}

function evaluate(session: Session, dryRun: boolean): Promise<Evaluated> {
  const now = session.now();
  const facts = { actor: session.actor.name, action: 'recharge.check', subject: 'auto top-up', reason: null, at: now };
  return session.store.write<Evaluated>(session.org.number, facts, async (unit) => {
    const { journal } = await settledJournal(unit, session);
    const known = await readRecharge(unit, session, journal.wallet);
    const decision = decide(known.rule, known.state, now);
    const evaluated = await act(unit, session, known, decision);
    if (dryRun) throw new Abandon(evaluated);
    await trace(unit, now, inputsOf(known, decision, journal.wallet.held), evaluated, session);
    return evaluated;
  });
}

async function act(
  unit: LedgerUnit,
  session: Session,
  known: RechargeFacts,
  decision: RechargeDecision,
): Promise<Evaluated> {
  const { rule, stored, state } = known;
  if (decision.kind === 'charge' && rule !== undefined) return placeTopUp(unit, session, known, rule, decision.credits);
  const outcome = decision.kind === 'stop' ? decision.outcome : 'failed';
  const next = rule === undefined ? undefined : await tell(unit, session, rule, decision);
  if (next !== undefined && next !== stored) await unit.records.recharge_rules.update(next);
  const purchase = outcome === 'pending' ? state.unresolved : outcome === 'paused' ? state.awaited : null;
  return { outcome, guard: decision.guard, purchase };
}

/** The intent: purchase, key and the rule's attempt, together or not at all. */
async function placeTopUp(
  unit: LedgerUnit,
  session: Session,
  { cards, state }: RechargeFacts,
  rule: RechargeRuleRecord,
  credits: RechargeDecision['credits'],
): Promise<Evaluated> {
  if (state.awaited !== null) return { outcome: 'pending', guard: 'awaits_person', purchase: state.awaited };
  const createdAt = session.now();
  const { customer } = (await unit.records.organisations.find(session.org.id)) ?? session.org;
  const chosen = state.cards.flatMap((id) => cards.filter((card) => card.id === id));
  const paymentMethod = chosen[0]?.id;
  if (customer === null || paymentMethod === undefined) return { outcome: 'failed', guard: 'no_card', purchase: null };
  const attempt = rule.attempts + 1;
  const id = makeId('pur', createdAt, session.deps.system.random());
  const toTry = chosen.map((card) => ({ card: card.id, paymentMethod: card.paymentMethod }));
  const order = { credits, memo: `auto top-up below ${formatCredits(rule.below)}` };
  await unit.records.purchases.insert(
    placePurchase({ id, trigger: 'recharge', ...order, paymentMethod, cards: toTry, customer, createdAt }),
  );
  const key = `recharge:${session.org.id}:${rule.revision}:${attempt}`;
  const fingerprint = fingerprintOf(session, 'recharge.check', { idempotencyKey: key });
  await unit.saveKey({ key, operation: 'recharge.check', fingerprint, result: id, recordedAt: createdAt });
  await unit.records.recharge_rules.update({
    ...rule,
    attempts: attempt,
    toldCap: null,
    lastAttemptAt: createdAt,
    lastOutcome: 'pending',
  });
  unit.describe({ subject: `${id} ${formatCredits(credits)} credits` });
  session.deps.system.reached('intent.before_commit');
  return { outcome: 'recharged', guard: 'none', purchase: id };
}

/** A rule that should fire and may not says why, once per episode. Answers the rule as it is to be kept. */
async function tell(
  unit: LedgerUnit,
  session: Session,
  rule: RechargeRuleRecord,
  decision: RechargeDecision,
): Promise<RechargeRuleRecord> {
  const now = session.now();
  const reason = GUARD_REASONS[decision.guard];
  const amount = formatCredits(decision.credits);
  const needed = {
    value: amount,
    title: 'Auto top-up did not happen',
    lines: [`${amount} credits are needed: ${reason}.`],
  };
  if (decision.kind === 'stop' && decision.outcome === 'capped') {
    const cap = `${decision.guard}:${rule.revision}:${periodOf(decision.guard, session, now)}`;
    if (rule.toldCap === cap) return rule;
    await raise(unit, session, { kind: 'recharge-capped', subject: `recharge-capped:${cap}`, ...needed });
    return { ...rule, toldCap: cap };
  }
  if (decision.guard !== 'no_card' || rule.failingSince !== null) return rule;
  await raise(unit, session, { kind: 'recharge-failed', subject: `recharge-failed:no_card:${now}`, ...needed });
  return { ...rule, failingSince: now, lastOutcome: 'failed' };
}

function periodOf(guard: RechargeDecision['guard'], { calendar }: Session, now: Instant): string {
  const today = calendar.dateOf(now);
  if (guard === 'monthly_cap') return monthOf(today);
  return guard === 'daily_count' || guard === 'daily_limit' ? formatDate(today) : 'always';
}

function inputsOf({ rule, state }: RechargeFacts, decision: RechargeDecision, held: RechargeDecision['credits']) {
  const time = (at: Instant | null | undefined) => (at === null || at === undefined ? null : formatInstant(at));
  return {
    available: formatCredits(state.available),
    held: formatCredits(held),
    pending: formatCredits(state.pendingIn),
    below: rule === undefined ? null : formatCredits(rule.below),
    topUp: formatCredits(decision.credits),
    monthlyCap: rule?.monthlyCap == null ? null : formatCredits(rule.monthlyCap),
    chargedThisMonth: formatCredits(state.chargedThisMonth),
    dailyCount: rule?.dailyCount ?? null,
    madeToday: state.madeToday,
    cards: state.cards,
    blockedCards: (rule?.blocked ?? []).map(({ card, code }) => ({ card, code: shownCode(code) })),
    failures: rule?.failures ?? 0,
    retryAt: time(rule?.retryAt),
    lastChargeAt: time(rule?.lastChargeAt),
    pausedAt: time(rule?.pausedAt),
    ruleRevision: rule?.revision ?? null,
  };
}

/** Keeps why: an evaluation that is the same as the one before it only counts that one up. */
async function trace(
  unit: LedgerUnit,
  now: Instant,
  inputs: EvaluationRecord['inputs'],
  { outcome, guard, purchase }: Evaluated,
  session: Session,
): Promise<void> {
  const [last] = await unit.records.evaluations.list({}, { newestFirst: true, limit: 1 });
  const isSame =
    last !== undefined &&
    last.outcome === outcome &&
    last.guard === guard &&
    last.purchase === purchase &&
    JSON.stringify(last.inputs) === JSON.stringify(inputs);
  if (isSame) {
    await unit.records.evaluations.update({ ...last, lastAt: now, times: last.times + 1 });
    return;
  }
  await unit.records.evaluations.insert({
    id: makeId('eval', now, session.deps.system.random()),
    firstAt: now,
    lastAt: now,
    times: 1,
    outcome,
    guard,
    inputs,
    purchase,
    version: 1,
  });
}

function answer(session: Session, { outcome, guard, purchase }: Evaluated): Promise<RechargeCheck> {
  return session.store.read(session.org.number, async (view) => {
    const { journal } = await settledJournal(view, session);
    const made = purchase === null ? undefined : await view.records.purchases.find(purchase);
    return {
      outcome,
      guard,
      reason: GUARD_REASONS[guard],
      ...(made === undefined ? {} : { purchase: presentPurchase(session, made) }),
      balance: presentBalance(session, journal.wallet),
    };
  });
}
