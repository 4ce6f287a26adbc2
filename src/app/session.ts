import { type Actor, isAllowed, type Operation, requireAllowed, type UserRecord } from '../core/access';
import { WalletError } from '../core/errors';
import { parseName } from '../core/text';
import { type Calendar, formatInstant, type Instant } from '../core/time';
import type { LedgerInfo } from '../ports/ledger-info';
import type { LedgerView } from '../ports/ledger-view';
import type { PaymentGateway } from '../ports/payment-gateway';
import type { OrganisationRecord } from '../ports/record-types';
import type { Entrance, Store } from '../ports/store';
import type { Dependencies } from './dependencies';

/** What a restored ledger does not do before it has been compared with the processor: a charge it forgot would be made again. */
const MOVES_CREDITS: ReadonlySet<Operation> = new Set<Operation>([
  'credit.adjust',
  'credit.grant',
  'purchase.buy',
  'purchase.refund',
  'usage.post',
  'usage.reverse',
  'hold.change',
  'invoice.run',
  'period.close',
  'recharge.check',
]);

/** One organisation's ledger, opened for one caller. */
export interface Session {
  readonly deps: Dependencies;
  readonly store: Store;
  readonly info: LedgerInfo;
  readonly org: OrganisationRecord;
  /** Where the ledger was moved to; null where it was not. */
  readonly movedTo: string | null;
  /** The organisation's days: what totals, quotas and budgets are counted by. */
  readonly calendar: Calendar;
  /** The caller's days: what the dates of a request mean. The organisation's, unless the caller named a zone. */
  readonly zone: Calendar;
  readonly actor: Actor;
  readonly now: () => Instant;
  /** The settings that all this was read from, where they may have changed since: what is written has to ask for them. */
  readonly under?: string | undefined;
  /** The card processor, opened once: all calls of the operation share one time budget. */
  gateway(): Promise<PaymentGateway>;
}

/**
 * Opens the organisation for an operation the caller may do. Throws `not_initialised`, `unknown_org`, `forbidden`, or
 * `invalid_state` for credits in a restored ledger.
 */
export async function openSession(deps: Dependencies, operation: Operation): Promise<Session> {
  const name = parseName(deps.actor, 'actor');
  // What a token may not do it is told before anything is read.
  if (deps.caller !== undefined) requireAllowed(deps.caller.actor, operation);
  const store = await deps.store();
  const entrance = await store.entrance(deps.org, deps.caller === undefined ? name : undefined);
  const session = await enter(deps, operation, { store, name, entrance });
  if (entrance.seal !== undefined) {
    const known = { ...session, under: entrance.seal };
    opened.set(deps, { ...known, gateway: () => openGateway(known) });
  }
  return withGateway(session);
}

/** What was last opened for each caller, under the settings of then. Their processors are opened anew each time. */
const opened = new WeakMap<Dependencies, Session>();

/**
 * The session as it was opened last, for a write that fails where the settings that it was read from stand no longer
 * (`under`). Undefined where none was, or where by it the operation is refused: whoever is refused is told by what stands.
 */
export function openSessionAsKnown(deps: Dependencies, operation: Operation): Session | undefined {
  const known = knownSession(deps, operation);
  return known === undefined ? undefined : withGateway(known);
}

/** The same for operations that ask no processor: any number of them share it. */
export function knownSession(deps: Dependencies, operation: Operation): Session | undefined {
  const known = opened.get(deps);
  if (known === undefined || !isAllowed(known.actor, operation) || known.org.restoredAt !== null) return undefined;
  return known;
}

async function enter(
  deps: Dependencies,
  operation: Operation,
  { store, name, entrance: { info, org, user, movedTo } }: { store: Store; name: string; entrance: Entrance },
): Promise<Omit<Session, 'gateway'>> {
  await deps.admit(info);
  if (org === undefined) throw deps.org === undefined ? noOrganisation() : unknownOrganisation(deps.org);
  if (deps.caller !== undefined && deps.caller.org !== org.number) throw unknownOrganisation(org.name);
  const actor = deps.caller?.actor ?? localActor(user, name);
  requireAllowed(actor, operation);
  if (org.restoredAt !== null && MOVES_CREDITS.has(operation)) throw notReconciled(org.restoredAt);
  const calendar = await deps.system.calendar(org.timeZone);
  const zone = deps.timeZone === undefined ? calendar : await deps.system.calendar(deps.timeZone);
  return { deps, store, info, org, movedTo, calendar, zone, actor, now: deps.system.now };
}

function withGateway(session: Omit<Session, 'gateway'>): Session {
  let asked: Promise<PaymentGateway> | undefined;
  const gateway = () => (asked ??= openGateway(session));
  const { deps, store, info, org, movedTo, calendar, zone, actor, now, under } = session;
  // Named one by one: to add to what was spread takes V8 microseconds, and every posting comes by here.
  return { deps, store, info, org, movedTo, calendar, zone, actor, now, under, gateway };
}

/**
 * On a local ledger the operating system's user is the authority: whoever can open the file is its administrator, unless
 * they act in the name of a registered user.
 */
function localActor(user: UserRecord | undefined, name: string): Actor {
  if (user === undefined || user.removedAt !== null) return { name, role: 'admin', app: null };
  return { name, role: user.role, app: user.app };
}

/** A key that was not seen before is remembered once it is known to belong here, so that it is asked about once. */
async function openGateway(session: Omit<Session, 'gateway'>): Promise<PaymentGateway> {
  const { deps, store, info, org } = session;
  const { gateway, keyMark } = await deps.gateway(info, org.keyMark);
  if (keyMark === org.keyMark) return gateway;
  const facts = { actor: session.actor.name, action: 'organisation.key', subject: org.name, reason: null };
  await store.write(org.number, { ...facts, at: session.now() }, async (unit) => {
    const current = await unit.records.organisations.find(org.id);
    if (current !== undefined) await unit.records.organisations.update({ ...current, keyMark });
  });
  return gateway;
}

/** The organisations the caller may know of: a token's own, or all of the ledger. */
export async function organisationsOf({ deps, store, org }: Session): Promise<readonly OrganisationRecord[]> {
  return deps.caller === undefined ? store.organisations() : [org];
}

/** Reads the organisation's ledger at one moment. */
export async function readLedger<T>(
  deps: Dependencies,
  operation: Operation,
  work: (view: LedgerView, session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession(deps, operation);
  if (session.movedTo !== null) deps.onMoved?.(session.movedTo);
  return session.store.read(session.org.number, (view) => work(view, session));
}

function notReconciled(restoredAt: Instant): WalletError {
  const at = formatInstant(restoredAt);
  return new WalletError('invalid_state', `the ledger was restored from a backup at ${at}, and no credits move yet`, {
    why: 'what the card processor did since the backup has to be looked up first',
    hint: 'wallet reconcile',
    details: { restoredAt: at },
  });
}

function noOrganisation(): WalletError {
  return new WalletError('not_initialised', 'the ledger has no organisation yet', {
    why: 'a ledger starts with its first organisation',
    hint: 'wallet init --org NAME',
  });
}

function unknownOrganisation(name: string): WalletError {
  return new WalletError('unknown_org', `there is no organisation ${JSON.stringify(name)} in this ledger`, {
    why: 'nothing was changed',
    hint: `wallet init --org ${JSON.stringify(name)}`,
    details: { org: name },
  });
}
