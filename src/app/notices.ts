import type { AlertKind, AlertRecord, NoticeRecord } from '../core/alert';
import { makeId } from '../core/ids';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import type { Session } from './session';

/** What is to be told. */
export interface NoticeDraft {
  readonly kind: AlertKind | 'test';
  readonly alert?: string;
  /** What makes it the same notice: told once. */
  readonly subject: string;
  readonly recovered?: boolean;
  readonly value?: string | null;
  readonly threshold?: string | null;
  readonly title: string;
  readonly lines: readonly string[];
  /** Where to; a built-in alert goes to those who asked for it, else to the administrators. */
  readonly to?: readonly string[];
}

/**
 * Puts a notice and its deliveries into the outbox, in the write that is under way: they exist if and only if what
 * they tell happened. The same subject is told once. Answers undefined where it was told before.
 */
export async function raise(unit: LedgerUnit, session: Session, draft: NoticeDraft): Promise<NoticeRecord | undefined> {
  const [known] = await unit.records.notices.list({ subject: draft.subject }, { limit: 1 });
  if (known !== undefined) return undefined;
  const now = session.now();
  const notice: NoticeRecord = {
    id: makeId('notice', now, session.deps.system.random()),
    kind: draft.kind,
    alert: draft.alert ?? null,
    subject: draft.subject,
    recovered: draft.recovered === true,
    at: now,
    value: draft.value ?? null,
    threshold: draft.threshold ?? null,
    title: draft.title,
    lines: draft.lines,
    reportedAt: null,
    version: 1,
  };
  await unit.records.notices.insert(notice);
  const named = draft.to ?? (await subscribersOf(unit, draft.kind));
  for (const destination of await destinationsOf(unit, session, named)) {
    await unit.records.deliveries.insert({
      id: makeId('msg', now, session.deps.system.random()),
      notice: notice.id,
      destination,
      state: 'waiting',
      attempts: 0,
      nextAt: now,
      error: null,
      createdAt: now,
      deliveredAt: null,
      version: 1,
    });
  }
  return notice;
}

/** Addresses, each once: a role stands for the people who have it now, and for its contact while nobody has. */
export async function destinationsOf(
  view: LedgerView,
  { org }: Session,
  to: readonly string[],
): Promise<readonly string[]> {
  const users = to.some((destination) => destination.startsWith('role:'))
    ? await view.records.users.list({ removedAt: null })
    : [];
  const contacts = { admin: org.email, accountant: org.accountingContact };
  const resolve = (destination: string): readonly string[] => {
    if (destination !== 'role:admin' && destination !== 'role:accountant') return [destination];
    const role = destination === 'role:admin' ? 'admin' : 'accountant';
    const people = users.filter((user) => user.role === role).map(({ email }) => email);
    return people.length > 0 ? people : [contacts[role]].filter((email) => email !== null);
  };
  return [...new Set(to.flatMap(resolve))];
}

async function subscribersOf(view: LedgerView, kind: AlertKind | 'test'): Promise<readonly string[]> {
  const alerts = await view.records.alerts.list({ removedAt: null });
  const asked = alerts.filter((alert) => alert.kind === kind);
  const instead: readonly AlertRecord[] = alerts.filter((alert) => alert.kind === 'low-balance');
  return asked.length > 0
    ? asked.flatMap((alert) => alert.to)
    : ['role:admin', ...instead.flatMap((alert) => alert.to)];
}
