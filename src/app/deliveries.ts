import type { DeliveryRecord, NoticeRecord } from '../core/alert';
import { delivered, isDue, taken, undelivered } from '../core/delivery';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import { type Message, NotDelivered, type Notifier } from '../ports/notifier';
import type { Session } from './session';

/** Sends under way at once. */
const AT_ONCE = 10;
/** To one place at once: one that hangs keeps few of them busy. */
const AT_ONCE_EACH = 2;
/** Rounds in one run: what is left then is for the next. */
const MOST_ROUNDS = 20;

/** What one run came to, in deliveries. */
export interface DeliveryReport {
  readonly delivered: number;
  /** To be tried again. */
  readonly failed: number;
  /** Given up in this run. */
  readonly dead: number;
  /** Where it did not arrive and why, each place once. */
  readonly failures: readonly { readonly destination: string; readonly error: string }[];
}

interface Claimed {
  readonly delivery: DeliveryRecord;
  readonly notice: NoticeRecord;
}

/**
 * Delivers what is due of the organisation's outbox. Each delivery is first taken, by compare-and-set and for a minute,
 * so two runs at once do not send the same; it is sent with no write open, and then written down. A run that dies in
 * between has its deliveries sent once more by the next, under the same ids. A place that failed is left alone for the
 * rest of the run. Of one notice alone, if it is named. Throws nothing for what could not be delivered.
 */
export async function deliver(session: Session, notice?: string): Promise<DeliveryReport> {
  const report = { delivered: 0, failed: 0, dead: 0 };
  const failing = new Map<string, string>();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (!(await isAnyDue(session, notice, failing))) break;
    const claimed = await write(session, (unit) => claim(unit, session, notice, failing));
    if (claimed.length === 0) break;
    const notifier = await session.deps.notifier();
    const ended = await Promise.all(claimed.map((each) => send(notifier, session, each)));
    await write(session, (unit) => keep(unit, ended));
    for (const { state, destination, error } of ended) {
      report[state === 'delivered' || state === 'dead' ? state : 'failed'] += 1;
      if (state !== 'delivered') failing.set(destination, error ?? '');
    }
  }
  const failures = [...failing].map(([destination, error]) => ({ destination, error }));
  return { ...report, failures: failures.sort((a, b) => (a.destination < b.destination ? -1 : 1)) };
}

/** A look before the leap: an idle run takes no write lock. */
function isAnyDue(
  session: Session,
  notice: string | undefined,
  failing: ReadonlyMap<string, string>,
): Promise<boolean> {
  return session.store.read(
    session.org.number,
    async (view) => (await dueOf(view, session, notice, failing)).length > 0,
  );
}

async function dueOf(
  view: LedgerView,
  session: Session,
  notice: string | undefined,
  failing: ReadonlyMap<string, string>,
): Promise<readonly DeliveryRecord[]> {
  const now = session.now();
  const where = notice === undefined ? {} : { notice };
  const open = [
    ...(await view.records.deliveries.list({ state: 'waiting', ...where })),
    ...(await view.records.deliveries.list({ state: 'sending', ...where })),
  ];
  return open.filter((delivery) => isDue(delivery, now) && !failing.has(delivery.destination));
}

async function claim(
  unit: LedgerUnit,
  session: Session,
  notice: string | undefined,
  failing: ReadonlyMap<string, string>,
): Promise<readonly Claimed[]> {
  const claimed: Claimed[] = [];
  const busy = new Map<string, number>();
  for (const delivery of await dueOf(unit, session, notice, failing)) {
    const count = busy.get(delivery.destination) ?? 0;
    if (claimed.length === AT_ONCE) break;
    if (count === AT_ONCE_EACH) continue;
    busy.set(delivery.destination, count + 1);
    const told = await unit.records.notices.find(delivery.notice);
    if (told === undefined) continue; // a row taken out by hand: nothing to tell any more
    claimed.push({ delivery: await unit.records.deliveries.update(taken(delivery, session.now())), notice: told });
  }
  return claimed;
}

async function send(notifier: Notifier, session: Session, { delivery, notice }: Claimed): Promise<DeliveryRecord> {
  try {
    await notifier.deliver(delivery.destination, messageOf(session, delivery, notice));
    return delivered(delivery, session.now());
  } catch (error) {
    const isKnown = error instanceof NotDelivered;
    const why = isKnown ? error.message : 'it could not be sent';
    return undelivered(delivery, why, session.now(), isKnown && error.isUnset);
  }
}

/** Where another run has taken it over meanwhile, that run's word counts, unless this one got it through. */
async function keep(unit: LedgerUnit, ended: readonly DeliveryRecord[]): Promise<void> {
  for (const delivery of ended) {
    const current = await unit.records.deliveries.find(delivery.id);
    if (current === undefined || current.state === 'delivered') continue;
    if (current.version === delivery.version) await unit.records.deliveries.update(delivery);
    else if (delivery.state === 'delivered')
      await unit.records.deliveries.update({ ...current, ...delivery, version: current.version });
  }
}

function messageOf({ org, info }: Session, delivery: DeliveryRecord, notice: NoticeRecord): Message {
  const { kind, alert, recovered, value, threshold, title, lines, at } = notice;
  const organisation = org.name;
  const sandbox = info.mode === 'sandbox';
  return { id: delivery.id, at, organisation, sandbox, kind, alert, recovered, value, threshold, title, lines };
}

function write<T>(session: Session, work: (unit: LedgerUnit) => Promise<T>): Promise<T> {
  const facts = { actor: session.actor.name, action: 'alert.deliver', subject: 'the outbox', reason: null };
  return session.store.write(session.org.number, { ...facts, at: session.now() }, work);
}
