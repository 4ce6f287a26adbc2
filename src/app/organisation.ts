import type { Organisation, WalletStatus } from '../contract/organisation';
import { seesBalance } from '../core/access';
import { add, type Credits, formatCredits, ZERO } from '../core/credits';
import { WalletError } from '../core/errors';
import type { LedgerView } from '../ports/ledger-view';
import { presentAlerts, presentUndelivered } from './alerts';
import { billingTerms } from './billing';
import type { Dependencies } from './dependencies';
import { settledJournal } from './ledger';
import { presentCard, presentOrganisation, presentPurchase, presentTransaction } from './present';
import { presentBalance } from './present-balance';
import { presentCurrentRule } from './recharge';
import { openSession, organisationsOf, type Session } from './session';

export async function showOrganisation(deps: Dependencies): Promise<{ org: Organisation }> {
  const session = await openSession(deps, 'organisation.name');
  const org = presentOrganisation(session);
  return { org: seesBalance(session.actor) ? org : { ...org, email: null, accountingContact: null } };
}

export async function listOrganisations(deps: Dependencies): Promise<{ orgs: readonly Organisation[] }> {
  const session = await openSession(
    deps.caller === undefined ? { ...deps, org: undefined } : deps,
    'organisation.read',
  );
  const { info } = session;
  return { orgs: (await organisationsOf(session)).map((org) => presentOrganisation({ org, info })) };
}

export async function status(deps: Dependencies): Promise<WalletStatus> {
  const session = await openSession(deps, 'organisation.read');
  const missing = await lacking(session);
  return session.store.read(session.org.number, async (view) => {
    const { journal } = await settledJournal(view, session);
    const cards = await view.records.cards.list({ removedAt: null });
    const [last] = await view.page({ order: 'desc', limit: 1 });
    return {
      org: presentOrganisation(session),
      balance: presentBalance(session, journal.wallet),
      cards: cards.map((card) => presentCard(session, card)),
      recharge: await presentCurrentRule(view, session),
      alerts: await presentAlerts(view),
      undelivered: await presentUndelivered(view),
      postpaid: {
        accrued: formatCredits(journal.wallet.postpaid),
        overdue: formatCredits(await overdue(view, session)),
      },
      pendingPurchases: (await view.unresolvedPurchases()).map((purchase) => presentPurchase(session, purchase)),
      missingPermissions: missing,
      apps: (await view.records.apps.list({ archivedAt: null })).length,
      lastTransaction: last === undefined ? null : presentTransaction(session, last),
    };
  });
}

/** What the key of a real processor may not do. Null without a key, or where the processor can't be asked: no reason to fail. */
async function lacking(session: Session): Promise<readonly string[] | null> {
  try {
    // The processor's library is loaded for none but a key that has to be asked about.
    if (!(await session.deps.isKeyRestricted(session.info))) return [];
    const terms = await session.store.read(session.org.number, billingTerms);
    return await (await session.gateway()).missingPermissions({ invoices: terms !== undefined });
  } catch (error) {
    const isUnknown = error instanceof WalletError && ['invalid_config', 'provider_unavailable'].includes(error.code);
    if (isUnknown) return null;
    throw error;
  }
}

/** What open invoices past their day come to. */
async function overdue(view: LedgerView, session: Session): Promise<Credits> {
  const open = await view.records.invoices.list({ state: 'open' });
  return open.filter(({ dueAt }) => dueAt < session.now()).reduce((sum, { total }) => add(sum, total), ZERO);
}
