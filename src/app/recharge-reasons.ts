import type { Guard } from '../core/recharge';

/** Each guard in words: why a top-up did or did not happen. */
export const GUARD_REASONS: Readonly<Record<Guard, string>> = {
  none: 'nothing stood against it',
  no_rule: 'there is no rule',
  off: 'the rule is off',
  enough: 'what is available is not below the threshold',
  unresolved_top_up: 'the outcome of an earlier top-up is not known yet, and it is never charged twice',
  pending_covers_it: 'purchases under way bring the balance back to the threshold',
  failures: 'the rule has paused after repeated declines',
  no_usable_card: 'the rule has paused: every card was refused for good',
  no_card: 'there is no usable primary or backup card',
  backing_off: 'the last top-up was declined, and the rule waits before it tries again',
  awaits_person: 'an earlier top-up waits for a person to pay it, and is not known to be closed',
  cooldown: 'the last top-up is too recent',
  monthly_cap: 'the monthly cap would be passed',
  daily_count: 'the most top-ups of a day were made',
  daily_limit: 'it would be more than the organisation may buy in a day',
  disputed: 'the bank disputes a payment, and nobody has looked at it: wallet purchase resolve',
  largest_purchase: 'it would be more than one purchase may be',
};
