import type { PlanDocument } from '../contract/plans';
import { formatCredits } from '../core/credits';
import { formatDuration } from '../core/duration';
import { parseTerms } from '../core/recharge-terms';
import type { LedgerUnit } from '../ports/ledger-unit';
import { changed, type Fields } from './plan-fields';
import { setRuleIn } from './recharge';
import { RULE_ID } from './recharge-state';
import type { Session } from './session';

/** Makes the auto top-up rule what the document says, inside a write, and answers what that changed and will charge. */
export async function planRule(unit: LedgerUnit, session: Session, wanted: NonNullable<PlanDocument['recharge']>) {
  const before = await unit.records.recharge_rules.find(RULE_ID);
  const { enabled = true, ...typed } = wanted;
  const terms = parseTerms(typed, before, session.deps.maxPurchase);
  const fields = ruleFields({ ...terms, enabled });
  const known = before === undefined ? {} : ruleFields(before);
  const [change] = changed('recharge', 'auto top-up', known, fields);
  if (change === undefined) return undefined;
  const { nextCharge, warnings } = await setRuleIn(unit, session, typed, enabled);
  return { change, charges: nextCharge, warnings: warnings.map(({ message }) => message) };
}

function ruleFields(rule: ReturnType<typeof parseTerms> & { enabled: boolean }): Fields {
  return {
    enabled: rule.enabled ? 'yes' : 'no',
    below: formatCredits(rule.below),
    ...(rule.amount === null ? {} : { amount: formatCredits(rule.amount) }),
    ...(rule.refillTo === null ? {} : { 'refill-to': formatCredits(rule.refillTo) }),
    'monthly-cap': rule.monthlyCap === null ? 'none' : formatCredits(rule.monthlyCap),
    'daily-count': String(rule.dailyCount),
    cooldown: formatDuration(rule.cooldownMs),
    'max-failures': String(rule.maxFailures),
  };
}
