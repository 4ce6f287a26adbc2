import type { Changed, ChangeOptions, PageRequest } from '../contract/calls';
import type {
  RechargeAnswer,
  RechargeEvaluation,
  RechargeRule,
  RechargeSetAnswer,
  RechargeTyped,
} from '../contract/recharge';
import { type Credits, formatCredits } from '../core/credits';
import { formatDuration } from '../core/duration';
import { WalletError } from '../core/errors';
import { shownCode } from '../core/payment/decline';
import { withCancel } from '../core/payment/purchase-steps';
import { decide, RESUMED, type RechargeRuleRecord, UNTRIED } from '../core/recharge';
import { parseTerms } from '../core/recharge-terms';
import { formatInstant } from '../core/time';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import { change } from './command';
import type { Dependencies } from './dependencies';
import { settledJournal } from './ledger';
import { afterId, pageLimit } from './paging';
import { presentPurchase, timeOrNull } from './present';
import { GUARD_REASONS } from './recharge-reasons';
import { RULE_ID, readRecharge } from './recharge-state';
import { refuseUnfitCards, requireUsableCard, weaknesses } from './recharge-weakness';
import { readLedger, type Session } from './session';

/** Sets the rule and switches it on. The charge that may follow is left to the next check; the answer tells it. */
export async function setRule(
  deps: Dependencies,
  request: ChangeOptions & RechargeTyped,
): Promise<Changed & RechargeSetAnswer> {
  const facts = { operation: 'recharge.change', action: 'recharge.set', subject: 'auto top-up' } as const;
  return change(deps, facts, request, (unit, session) => setRuleIn(unit, session, request));
}

/** Sets the rule inside a write; it is on afterwards, unless it is to be off. Throws as `parseTerms` does. */
export async function setRuleIn(
  unit: LedgerUnit,
  session: Session,
  request: RechargeTyped,
  enabled = true,
): Promise<RechargeSetAnswer> {
  const before = await unit.records.recharge_rules.find(RULE_ID);
  const terms = parseTerms(request, before, session.deps.maxPurchase);
  if (enabled) await refuseUnfitCards(unit, session);
  const rule: RechargeRuleRecord = {
    ...(before ?? { ...UNTRIED, id: RULE_ID, createdAt: session.now() }),
    ...terms,
    enabled,
    revision: (before?.revision ?? 0) + 1,
  };
  const stored = before === undefined ? rule : await unit.records.recharge_rules.update(rule);
  if (before === undefined) await unit.records.recharge_rules.insert(rule);
  return outlook(unit, session, stored);
}

/** Switches the rule on, and lets it go on where it had paused or backed off. */
export async function switchOn(deps: Dependencies, request: ChangeOptions): Promise<Changed & RechargeSetAnswer> {
  const facts = { operation: 'recharge.change', action: 'recharge.on', subject: 'auto top-up' } as const;
  return change(deps, facts, request, async (unit, session) => {
    const before = await unit.records.recharge_rules.find(RULE_ID);
    if (before === undefined) throw noRule();
    await requireUsableCard(unit, session);
    const isClear =
      before.enabled && before.pausedAt === null && before.retryAt === null && before.blocked.length === 0;
    const rule = isClear
      ? before
      : await unit.records.recharge_rules.update({ ...before, ...RESUMED, blocked: [], enabled: true });
    return outlook(unit, session, rule);
  });
}

/** Switches the rule off. A top-up that no card was asked for yet is given up; any other is settled as it comes. */
export async function switchOff(deps: Dependencies, request: ChangeOptions): Promise<Changed & RechargeAnswer> {
  const facts = { operation: 'recharge.change', action: 'recharge.off', subject: 'auto top-up' } as const;
  return change(deps, facts, request, async (unit, session) => {
    const before = await unit.records.recharge_rules.find(RULE_ID);
    if (before?.enabled === true) await unit.records.recharge_rules.update({ ...before, enabled: false });
    for (const purchase of await unit.unresolvedPurchases()) {
      const isUnasked = purchase.trigger === 'recharge' && ['intent', 'open'].includes(purchase.state);
      const given = isUnasked ? withCancel(purchase) : undefined;
      if (given !== undefined) await unit.records.purchases.update(given);
    }
    return { recharge: await presentCurrentRule(unit, session) };
  });
}

export async function showRule(deps: Dependencies): Promise<RechargeAnswer> {
  return readLedger(deps, 'recharge.read', async (view, session) => ({
    recharge: await presentCurrentRule(view, session),
  }));
}

/** The purchases that the rule made. */
export async function listTopUps(deps: Dependencies, request: PageRequest) {
  const limit = pageLimit(request.limit);
  return readLedger(deps, 'recharge.read', async (view, session) => {
    const found = await view.records.purchases.list({ trigger: 'recharge' }, pageOf(request, limit, 'pur'));
    const page = found.slice(0, limit);
    const purchases = page.map((purchase) => presentPurchase(session, purchase));
    return { purchases, next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
  });
}

export async function traceRule(deps: Dependencies, request: PageRequest) {
  const limit = pageLimit(request.limit);
  return readLedger(deps, 'recharge.read', async (view) => {
    const found = await view.records.evaluations.list({}, pageOf(request, limit, 'eval'));
    const page = found.slice(0, limit);
    const evaluations: RechargeEvaluation[] = page.map((each) => ({
      id: each.id,
      time: formatInstant(each.lastAt),
      firstTime: formatInstant(each.firstAt),
      times: each.times,
      outcome: each.outcome,
      guard: each.guard,
      reason: GUARD_REASONS[each.guard],
      inputs: each.inputs,
      purchase: each.purchase,
    }));
    return { evaluations, next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
  });
}

function pageOf(request: PageRequest, limit: number, prefix: 'pur' | 'eval') {
  return { newestFirst: true, limit: limit + 1, ...afterId(prefix, request.cursor) };
}

/** The rule as callers see it; null where there is none. */
export async function presentCurrentRule(view: LedgerView, session: Session): Promise<RechargeRule | null> {
  const { journal } = await settledJournal(view, session);
  const { rule, state } = await readRecharge(view, session, journal.wallet);
  return rule === undefined ? null : presentRule(rule, state.chargedThisMonth);
}

function presentRule(rule: RechargeRuleRecord, spentThisMonth: Credits): RechargeRule {
  const decimal = (amount: Credits | null) => (amount === null ? null : formatCredits(amount));
  return {
    enabled: rule.enabled,
    below: formatCredits(rule.below),
    amount: decimal(rule.amount),
    refillTo: decimal(rule.refillTo),
    monthlyCap: decimal(rule.monthlyCap),
    dailyCount: rule.dailyCount,
    cooldown: formatDuration(rule.cooldownMs),
    maxFailures: rule.maxFailures,
    spentThisMonth: formatCredits(spentThisMonth),
    failures: rule.failures,
    backingOffUntil: timeOrNull(rule.retryAt),
    paused:
      rule.pausedAt === null ? null : { at: formatInstant(rule.pausedAt), reason: rule.pausedBecause ?? 'failures' },
    blockedCards: rule.blocked.map(({ card, code }) => ({ card, code: shownCode(code) })),
    lastAttempt:
      rule.lastAttemptAt === null
        ? null
        : { at: formatInstant(rule.lastAttemptAt), outcome: rule.lastOutcome ?? 'pending' },
  };
}

/** The rule with what the next check would do, and what makes it weak. */
async function outlook(unit: LedgerUnit, session: Session, rule: RechargeRuleRecord): Promise<RechargeSetAnswer> {
  const { journal } = await settledJournal(unit, session);
  const known = await readRecharge(unit, session, journal.wallet);
  const decision = decide(known.rule, known.state, session.now());
  return {
    recharge: presentRule(known.rule ?? rule, known.state.chargedThisMonth),
    nextCharge: decision.kind === 'charge' ? formatCredits(decision.credits) : null,
    warnings: await weaknesses(unit, session, known.rule ?? rule, known),
  };
}

function noRule(): WalletError {
  return new WalletError('invalid_state', 'there is no auto top-up rule yet', {
    why: 'nothing was changed',
    hint: 'wallet recharge set --below 50 --amount 100',
  });
}
