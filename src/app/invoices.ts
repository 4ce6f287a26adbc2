import type { Changed, ChangeOptions } from '../contract/calls';
import type { Invoice } from '../contract/invoices';
import { type Credits, formatCredits, negate, quote, ZERO } from '../core/credits';
import { WalletError } from '../core/errors';
import { makeId } from '../core/ids';
import { ACCOUNTS } from '../core/ledger/chart';
import { chargeOrder } from '../core/payment/card';
import { type InvoiceLine, type InvoiceRecord, NET_DAYS, totalOf, unbilled } from '../core/payment/invoice';
import { placePurchase } from '../core/payment/purchase';
import { UsageFold } from '../core/report/usage';
import { refuseSecrets } from '../core/text';
import { addMs, DAY_MS, formatInstant, type Instant } from '../core/time';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import { changeIn } from './command';
import type { Dependencies } from './dependencies';
import { openJournal } from './ledger';
import { movementsOf } from './movements';
import { monthOfPeriod } from './periods';
import { timeOrNull } from './present';
import { noCard, requireSuccess } from './purchase-records';
import { driveUnresolved } from './purchases';
import { openSession, readLedger, type Session } from './session';
import { drive } from './settlement';
import { asPending } from './unwritten';

type Answer = Changed & { invoice: Invoice | null; invoices: readonly Invoice[] };

/**
 * Bills what postpaid services have come to by the end of a month and is on no invoice yet, and charges it to the card.
 * Running it again bills nothing twice: it answers the invoice that stands. Throws what `buy` throws where the card
 * could not be charged; the invoice then stays open.
 */
export async function runInvoices(deps: Dependencies, request: ChangeOptions & { period?: string }): Promise<Answer> {
  const session = await openSession(deps, 'invoice.run');
  const { id: period, to } = monthOfPeriod(session, request.period ?? 'last-month');
  if (to > session.now()) throw notEnded(period, to);
  const { smallestCharge } = await session.gateway();
  if (request.dryRun !== true) await driveUnresolved(session);
  const facts = { operation: 'invoice.run', action: 'invoice.issue', subject: period } as const;
  const issued = await changeIn(session, facts, request, async (unit) => {
    const standing = (await unit.records.invoices.list({ period }))[0];
    return { invoice: standing ?? (await issue(unit, session, { period, to, smallestCharge })) ?? null };
  });
  const marks = {
    ...(issued.replayed ? { replayed: true as const } : {}),
    ...(issued.dryRun ? { dryRun: true as const } : {}),
  };
  if (issued.invoice === null) return { invoice: null, invoices: [], ...marks };
  const { id } = issued.invoice;
  const standing =
    request.dryRun === true
      ? issued.invoice
      : await session.store.read(session.org.number, (view) => requireInvoice(view, id));
  const isNew = standing.purchase === null && standing.state === 'open' && request.dryRun !== true;
  const invoice = isNew ? await charge(session, id) : standing;
  const shown = present(session, invoice);
  return { invoice: shown, invoices: [shown], ...marks };
}

/** Charges an open invoice again. A paid one is answered as it stands, and nothing is charged. */
export async function payInvoice(
  deps: Dependencies,
  request: ChangeOptions & { id: string },
): Promise<Changed & { invoice: Invoice }> {
  const session = await openSession(deps, 'invoice.run');
  await session.gateway();
  if (request.dryRun !== true) await driveUnresolved(session);
  const found = await session.store.read(session.org.number, (view) => requireInvoice(view, request.id));
  if (found.state === 'paid') return { invoice: present(session, found) };
  if (request.dryRun === true) return { invoice: present(session, found), dryRun: true };
  return { invoice: present(session, await charge(session, found.id)) };
}

export async function listInvoices(deps: Dependencies): Promise<{ invoices: readonly Invoice[]; next: null }> {
  return readLedger(deps, 'transaction.read', async (view, session) => {
    const invoices = await view.records.invoices.list({}, { newestFirst: true });
    return { invoices: invoices.map((invoice) => present(session, invoice)), next: null };
  });
}

export async function showInvoice(deps: Dependencies, request: { id: string }): Promise<{ invoice: Invoice }> {
  return readLedger(deps, 'transaction.read', async (view, session) => ({
    invoice: present(session, await requireInvoice(view, request.id)),
  }));
}

/** One write: the invoice with the next number, and what rounding added to it. */
async function issue(
  unit: LedgerUnit,
  session: Session,
  { period, to, smallestCharge }: { period: string; to: Instant; smallestCharge: Credits },
): Promise<InvoiceRecord | undefined> {
  const invoices = await unit.records.invoices.list();
  const used = await usedUntil(unit, session, to);
  const lines = unbilled(
    used,
    invoices.flatMap((invoice) => invoice.lines),
  );
  const { total, rounding } = totalOf(lines);
  // Less than can be charged, or more given back than used: it stays on account and goes on the next invoice.
  if (total < smallestCharge) return undefined;
  const { journal, finish } = await openJournal(unit, session);
  const id = makeId('inv', journal.at, session.deps.system.random());
  if (rounding !== 0) {
    const [debit, credit] =
      rounding > 0 ? [ACCOUNTS.adjustments, ACCOUNTS.postpaid] : [ACCOUNTS.postpaid, ACCOUNTS.adjustments];
    const amount = rounding > 0 ? rounding : negate(rounding);
    journal.enter({ type: 'rounding', occurredAt: journal.at, debit, credit, amount, draws: [], reference: id });
    await finish();
  }
  const dueAt = addMs(journal.at, NET_DAYS * DAY_MS);
  const facts = { id, number: invoices.length + 1, period, state: 'open' as const, lines, rounding, total };
  const invoice = { ...facts, purchase: null, issuedAt: journal.at, dueAt, paidAt: null, version: 1 };
  await unit.records.invoices.insert(invoice);
  return invoice;
}

async function usedUntil(view: LedgerView, session: Session, to: Instant): Promise<readonly InvoiceLine[]> {
  const fold = new UsageFold(['service']);
  const query = { types: ['usage', 'reversal'] as const, to };
  for await (const days of movementsOf(view, session, query, ['service'])) {
    for (const day of days) if (day.invoiced !== ZERO) fold.take({ ...day, amount: ZERO });
  }
  return fold.result().rows.map((row) => ({
    service: row.groups[0] ?? '',
    quantity: row.quantity - 2 * row.reversedQuantity,
    freeQuantity: row.freeQuantity,
    amount: row.invoiced,
  }));
}

/** Charges by the same machine as any purchase: primary, backup, declines and unknown outcomes included. */
async function charge(session: Session, id: string): Promise<InvoiceRecord> {
  const facts = { operation: 'invoice.run', action: 'invoice.pay', subject: id } as const;
  const { purchase } = await changeIn(session, facts, {}, async (unit) => placeCharge(unit, session, id));
  session.deps.system.reached('intent.after_commit');
  const charged = await drive(session, purchase).catch(asPending('purchase', purchase));
  const invoice = await session.store.read(session.org.number, (view) => requireInvoice(view, id));
  try {
    requireSuccess(charged, false, (await session.gateway()).doubt);
  } catch (error) {
    throw error instanceof WalletError && charged.state === 'failed' ? stillOpen(invoice, error) : error;
  }
  return invoice;
}

/** The refusal of a charge, as it is of an invoice: nothing was bought, and it can be charged again. */
function stillOpen(invoice: InvoiceRecord, { code, message, details }: WalletError): WalletError {
  const number = numberOf(invoice);
  return new WalletError(code, message, {
    why: `nothing was charged; ${number} of ${formatCredits(invoice.total)} stays open`,
    hint: `wallet card list, then wallet invoice pay ${number}`,
    details: { ...details, invoice: invoice.id },
  });
}

async function placeCharge(unit: LedgerUnit, session: Session, id: string): Promise<{ purchase: string }> {
  const invoice = await requireInvoice(unit, id);
  const earlier = invoice.purchase === null ? undefined : await unit.records.purchases.find(invoice.purchase);
  // Paid already, or its outcome is not known: never a second charge beside it.
  if (earlier !== undefined && earlier.state !== 'failed') return { purchase: earlier.id };
  const today = session.calendar.dateOf(session.now());
  const cards = chargeOrder(await unit.records.cards.list({ removedAt: null }), today).map((card) => ({
    card: card.id,
    paymentMethod: card.paymentMethod,
  }));
  const { customer } = (await unit.records.organisations.find(session.org.id)) ?? session.org;
  const [first] = cards;
  if (first === undefined || customer === null) throw noCard();
  const createdAt = session.now();
  const purchase = placePurchase({
    id: makeId('pur', createdAt, session.deps.system.random()),
    trigger: 'invoice',
    credits: invoice.total,
    memo: invoice.id,
    paymentMethod: first.card,
    cards,
    customer,
    createdAt,
  });
  await unit.records.purchases.insert(purchase);
  await unit.records.invoices.update({ ...invoice, purchase: purchase.id });
  session.deps.system.reached('intent.before_commit');
  return { purchase: purchase.id };
}

async function requireInvoice(view: LedgerView, id: string): Promise<InvoiceRecord> {
  const number = /^(?:INV-)?0*([1-9]\d{0,8})$/.exec(id)?.[1];
  const [found] =
    number === undefined
      ? [await view.records.invoices.find(id)]
      : await view.records.invoices.list({ number: Number(number) });
  if (found !== undefined) return found;
  refuseSecrets(id, 'invoice id');
  throw new WalletError('unknown_invoice', `there is no invoice ${quote(id)}`, {
    why: 'nothing was changed',
    hint: 'wallet invoice list',
    details: { invoice: id.slice(0, 60) },
  });
}

function present(session: Session, invoice: InvoiceRecord): Invoice {
  return {
    id: invoice.id,
    number: numberOf(invoice),
    org: session.org.name,
    period: invoice.period,
    status: invoice.state,
    lines: invoice.lines.map((line) => ({ ...line, amount: formatCredits(line.amount) })),
    rounding: formatCredits(invoice.rounding),
    total: formatCredits(invoice.total),
    purchase: invoice.purchase,
    issuedAt: formatInstant(invoice.issuedAt),
    dueAt: formatInstant(invoice.dueAt),
    paidAt: timeOrNull(invoice.paidAt),
    overdue: invoice.state === 'open' && invoice.dueAt < session.now(),
  };
}

function notEnded(period: string, to: Instant): WalletError {
  return new WalletError('invalid_state', `${period} has not ended yet`, {
    why: `it ends at ${formatInstant(to)}, and until then more can be used`,
    hint: 'run it once the month has ended',
    details: { period },
  });
}

function numberOf({ number }: InvoiceRecord): string {
  return `INV-${String(number).padStart(6, '0')}`;
}
