import type { BillingAccount } from '../contract/billing';
import type { Changed, ChangeOptions } from '../contract/calls';
import { quote } from '../core/credits';
import { WalletError } from '../core/errors';
import { makeId } from '../core/ids';
import { parseEmail, parseText } from '../core/text';
import type { LedgerView } from '../ports/ledger-view';
import type { BillingRecord } from '../ports/record-types';
import { type ChangeFacts, changeIn } from './command';
import { requireCustomer } from './customer';
import type { Dependencies } from './dependencies';
import { noBillingAccount } from './purchase-records';
import { openSession, readLedger } from './session';

type Changes = Changed & { billingAccount: BillingAccount };

const LONGEST_TERM_DAYS = 365;
/** What a Stripe invoice has room for beside the words "PO number". */
const LONGEST_ORDER = 140;

/** Sets how invoices go out. What is on its way already keeps its terms. */
export async function setBilling(
  deps: Dependencies,
  request: ChangeOptions & { email: string; netDays: string; purchaseOrder?: string },
): Promise<Changes> {
  const session = await openSession(deps, 'card.change');
  const terms = {
    email: parseEmail(request.email),
    netDays: parseNetDays(request.netDays),
    purchaseOrder:
      request.purchaseOrder === undefined ? null : parseText(request.purchaseOrder, 'PO number', LONGEST_ORDER),
    offAt: null,
  };
  if (request.dryRun !== true) await requireCustomer(session);
  const facts: ChangeFacts = { operation: 'card.change', action: 'billing.set', subject: 'the billing account' };
  return changeIn(session, facts, request, async (unit) => {
    const [known] = await unit.records.billing.list();
    if (known !== undefined)
      return { billingAccount: present(await unit.records.billing.update({ ...known, ...terms })) };
    const createdAt = session.now();
    const record = { id: makeId('bill', createdAt, session.deps.system.random()), ...terms, createdAt, version: 1 };
    await unit.records.billing.insert(record);
    return { billingAccount: present(record) };
  });
}

export async function showBilling(deps: Dependencies): Promise<{ billingAccount: BillingAccount | null }> {
  return readLedger(deps, 'card.read', async (view) => {
    const [known] = await view.records.billing.list();
    return { billingAccount: known === undefined ? null : present(known) };
  });
}

export async function switchBillingOff(deps: Dependencies, request: ChangeOptions): Promise<Changes> {
  const session = await openSession(deps, 'card.change');
  const facts: ChangeFacts = { operation: 'card.change', action: 'billing.off', subject: 'the billing account' };
  return changeIn(session, facts, request, async (unit) => {
    const terms = await billingTerms(unit);
    if (terms === undefined) throw noBillingAccount();
    return { billingAccount: present(await unit.records.billing.update({ ...terms, offAt: session.now() })) };
  });
}

/** The terms invoices go out by; undefined where none are in force. */
export async function billingTerms(view: LedgerView): Promise<BillingRecord | undefined> {
  const [known] = await view.records.billing.list();
  return known?.offAt === null ? known : undefined;
}

/** A link to the processor's page for cards and invoices. Throws `invalid_state` where there is none. */
export async function openPortal(deps: Dependencies): Promise<{ url: string }> {
  const session = await openSession(deps, 'card.change');
  const { hosted } = await session.gateway();
  if (hosted === null)
    throw new WalletError('invalid_state', 'the sandbox has no customer portal', {
      why: 'there is no processor behind it whose pages could be opened',
      hint: 'wallet card list',
    });
  const key = `${session.info.instance}:portal:${session.deps.system.random()}${session.deps.system.random()}`;
  return { url: await hosted.openPortal(await requireCustomer(session), key) };
}

function present({ email, netDays, purchaseOrder, offAt }: BillingRecord): BillingAccount {
  return { email, netDays, purchaseOrder, status: offAt === null ? 'on' : 'off' };
}

function parseNetDays(text: string): number {
  const days = /^(?:0|[1-9][0-9]{0,2})$/.test(text) ? Number(text) : Number.NaN;
  if (days <= LONGEST_TERM_DAYS) return days;
  throw new WalletError('invalid_value', `the term of ${quote(text)} days is not valid`, {
    why: `it must be a whole number of days, 0 to ${LONGEST_TERM_DAYS}`,
    hint: 'write --net-days 30',
  });
}
