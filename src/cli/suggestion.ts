import { WalletError } from '../core/errors';
import type { Cli } from './cli';

/** Threshold and amount as the forecast suggests them, said on stderr. Throws `invalid_state` where it suggests none. */
export async function suggestedTerms(cli: Cli): Promise<{ below: string; amount: string }> {
  const { suggested, burnPerDay, reason } = await (await cli.wallet()).reports.forecast({});
  if (suggested === null) {
    throw new WalletError('invalid_state', `there is no rule to suggest: ${reason ?? 'nothing is used'}`, {
      why: 'a suggestion needs 7 days since the first use, and use on 3 of them; the rule was not changed',
      hint: 'wallet recharge set --below 50 --amount 100',
    });
  }
  cli.note(`suggested: --below ${suggested.below} --amount ${suggested.amount} (${burnPerDay} credits a day)`);
  return suggested;
}
