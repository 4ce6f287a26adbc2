import type { RechargeWarning } from '../contract/recharge';
import { type Credits, formatCredits, negate, ZERO } from '../core/credits';
import { addDays } from '../core/date';
import { WalletError } from '../core/errors';
import { chargeOrder, isExpired } from '../core/payment/card';
import type { RechargeRuleRecord } from '../core/recharge';
import type { LedgerView } from '../ports/ledger-view';
import type { RechargeFacts } from './recharge-state';
import type { Session } from './session';

/** Days that the daily use is averaged over. */
const USE_DAYS = 30;

/** What makes the rule weak, with the numbers. */
export async function weaknesses(
  view: LedgerView,
  session: Session,
  rule: RechargeRuleRecord,
  { state, cards }: RechargeFacts,
): Promise<readonly RechargeWarning[]> {
  const warnings: RechargeWarning[] = [];
  const warn = (code: RechargeWarning['code'], message: string) => warnings.push({ code, message });
  if (rule.pausedAt !== null) warn('paused', 'the rule has paused; let it go on with: wallet recharge on');
  if (state.cards.length === 0) warn('no_card', 'there is no usable card, so no top-up can happen: wallet card add');
  else if (!cards.some((card) => card.role === 'primary'))
    warn('no_primary_card', 'there is no primary card: one decline stops auto top-up (wallet card primary ID)');
  else if (!cards.some((card) => card.role === 'backup'))
    warn('no_backup_card', 'there is no backup card: one decline stops auto top-up (wallet card backup ID)');
  const largest = rule.amount ?? rule.refillTo ?? ZERO;
  if (rule.monthlyCap !== null && rule.monthlyCap < largest)
    warn(
      'cap_below_top_up',
      `the monthly cap ${formatCredits(rule.monthlyCap)} is below a whole top-up of ${formatCredits(largest)}`,
    );
  const perDay = await usePerDay(view, session);
  if (rule.below < perDay)
    warn(
      'below_a_days_use',
      `the threshold ${formatCredits(rule.below)} is below a day's use, ${formatCredits(perDay)} of late`,
    );
  return warnings;
}

/** Credits used on an average day of late: usage less reversals; top-ups and gifts play no part. */
async function usePerDay(view: LedgerView, session: Session): Promise<Credits> {
  const today = session.calendar.dateOf(session.now());
  const query = { first: addDays(today, -USE_DAYS), types: ['usage', 'reversal'] as const, by: ['day'] as const };
  const totals = await view.dayTotals(query);
  const used = totals.reduce((sum, total) => sum - total.amount, 0);
  const firstDay = Math.min(today, ...totals.map((total) => total.day));
  const days = Math.max(1, today - firstDay + 1);
  return negate(Math.ceil(-used / days) as Credits);
}

/** Throws `no_payment_method`: a rule that is switched on by hand is meant to work. */
export async function requireUsableCard(view: LedgerView, session: Session): Promise<void> {
  const today = session.calendar.dateOf(session.now());
  if (chargeOrder(await view.records.cards.list({ removedAt: null }), today).length > 0) return;
  throw new WalletError('no_payment_method', 'auto top-up has no card to charge', {
    why: 'there is no usable primary or backup card; the rule was left as it was',
    hint: 'wallet card add, or wallet card primary ID',
  });
}

/** An expired primary card, or a backup that is the primary over again, is no rule to rely on. */
export async function refuseUnfitCards(view: LedgerView, session: Session): Promise<void> {
  const cards = await view.records.cards.list({ removedAt: null });
  const today = session.calendar.dateOf(session.now());
  const primary = cards.find((card) => card.role === 'primary');
  const backup = cards.find((card) => card.role === 'backup');
  const refuse = (message: string, why: string, hint: string) =>
    new WalletError('invalid_value', message, { why, hint });
  for (const card of [primary, backup]) {
    if (card === undefined || !isExpired(card, today)) continue;
    throw refuse(
      `the ${card.role} card ending ${card.last4} has expired`,
      'auto top-up would be declined',
      `wallet card edit ${card.id} --exp MM/YYYY`,
    );
  }
  if (primary !== undefined && primary.fingerprint === backup?.fingerprint)
    throw refuse(
      'the backup card is the same card as the primary',
      'one decline would stop both',
      'wallet card backup ID',
    );
}
