import type { Affordability } from '../contract/usage';
import { requireOwnApp, seesBalance } from '../core/access';
import { formatCredits } from '../core/credits';
import { WalletError } from '../core/errors';
import { parseQuantity } from '../core/text';
import { decideUsage, quoteUsage, type UsageParties } from '../core/usage';
import type { LedgerView } from '../ports/ledger-view';
import { withoutAmounts } from './app-answers';
import { requireApp, requireService } from './catalogue';
import type { Dependencies } from './dependencies';
import { settledJournal } from './ledger';
import { readLedger, type Session } from './session';
import { hasUsableCard, monthsOf, spendingApp } from './usage';
import { pricedService } from './usage-settings';

/** Who would spend on what, with all that the decision reads: as `afford`, holds and programs on holds ask for it. */
export async function readJob(view: LedgerView, session: Session, job: { app: string; service: string }) {
  const app = await spendingApp(view, await requireApp(view, job.app), session.now());
  const service = await pricedService(view, await requireService(view, job.service));
  const months = monthsOf(session, [{ app: app.app, service: service.service, occurredAt: session.now() }]);
  const parties: UsageParties = { app, service, usableCard: await hasUsableCard(view, session) };
  return { parties, months };
}

/** Whether the job may run: what it would cost, and the first limit in its way. Changes nothing. */
export async function afford(
  deps: Dependencies,
  request: { app: string; service: string; quantity: string },
): Promise<Affordability> {
  const quantity = parseQuantity(request.quantity);
  return readLedger(deps, 'usage.post', async (view, session) => {
    requireOwnApp(session.actor, request.app);
    const { parties, months } = await readJob(view, session, request);
    const { journal } = await settledJournal(view, session, { months });
    const { cost } = quoteUsage(journal, parties.service, quantity, session.now());
    const no = refusalOf(() => decideUsage(journal, parties, { quantity, occurredAt: session.now() }));
    const told = no === undefined || seesBalance(session.actor) ? no : withoutAmounts(no);
    const limit = told === undefined ? null : { name: told.code, missing: missingOf(told), detail: told.message };
    return { affordable: no === undefined, cost: formatCredits(cost), limit };
  });
}

function refusalOf(decide: () => unknown): WalletError | undefined {
  try {
    decide();
    return undefined;
  } catch (error) {
    if (error instanceof WalletError) return error;
    throw error;
  }
}

/** Null where nothing is missing that credits would make good, and for those who may not see how much there is. */
function missingOf({ details }: WalletError): string | null {
  return typeof details.missing === 'string' ? details.missing : null;
}
