import type { Changed, ChangeOptions } from '../contract/calls';
import { type Operation, seesBalance } from '../core/access';
import { WalletError } from '../core/errors';
import { isPlainKey, parseKey } from '../core/text';
import type { KeyRecord } from '../ports/key-record';
import { type LedgerUnit, SettingsChanged } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import { Abandon } from '../ports/store';
import { forApps } from './app-answers';
import type { Dependencies } from './dependencies';
import { openSession, openSessionAsKnown, type Session } from './session';

/** What a change is, for the audit trail and for replays. */
export interface ChangeFacts {
  readonly operation: Operation;
  /** The change's name in the audit trail, such as `card.add`. */
  readonly action: string;
  readonly subject: string;
  readonly reason?: string | null;
}

/** How a change's answer is kept with its key, and had again from what was kept. */
export interface Keeping<T> {
  keep(answer: T): string;
  recall(kept: string, view: LedgerView, session: Session): Promise<T>;
}

/** All of it. */
function whole<T>(): Keeping<T> {
  return { keep: (answer) => JSON.stringify(answer), recall: async (kept) => JSON.parse(kept) as T };
}

/**
 * Every change goes through here: role, replay of an idempotency key, one write with its audit row, the key's result
 * kept with it. A refused attempt throws inside the write, so it burns no key. With `dryRun` the write is decided in
 * full and then abandoned.
 */
export async function change<T extends object>(
  deps: Dependencies,
  facts: ChangeFacts,
  request: ChangeOptions,
  work: (unit: LedgerUnit, session: Session) => Promise<T>,
  keeping: Keeping<T> = whole(),
): Promise<T & Changed> {
  const known = openSessionAsKnown(deps, facts.operation);
  try {
    if (known !== undefined) return await changeIn(known, facts, request, work, keeping);
  } catch (error) {
    if (!(error instanceof SettingsChanged)) throw error;
  }
  return await changeIn(await openSession(deps, facts.operation), facts, request, work, keeping);
}

/** As `change`, in a session that is already open. */
export async function changeIn<T extends object>(
  session: Session,
  facts: ChangeFacts,
  request: ChangeOptions,
  work: (unit: LedgerUnit, session: Session) => Promise<T>,
  keeping: Keeping<T> = whole(),
): Promise<T & Changed> {
  const key = storedKey(session, request);
  const write = {
    actor: session.actor.name,
    action: facts.action,
    subject: facts.subject,
    reason: facts.reason ?? null,
    at: session.now(),
    under: session.under,
  };
  const answer = session.store.write<T & Changed>(session.org.number, write, async (unit) => {
    const fingerprint = key === undefined ? '' : fingerprintOf(session, facts.action, request);
    const known = key === undefined ? undefined : await answered(unit, key, fingerprint);
    if (known !== undefined) return { ...(await keeping.recall(known.result, unit, session)), replayed: true };
    const result = await work(unit, session);
    if (request.dryRun === true) throw new Abandon({ ...result, dryRun: true });
    if (key !== undefined) {
      const record = {
        key,
        operation: facts.action,
        fingerprint,
        result: keeping.keep(result),
        recordedAt: write.at,
      };
      await unit.saveKey(record);
    }
    return result;
  });
  return seesBalance(session.actor) ? await answer : await forApps(answer);
}

/**
 * The request's key as it is kept. An app has its keys for itself: by one that another app used it would else be told
 * what that app was answered. No key that a caller can give has a line feed in it.
 */
export function storedKey({ actor }: Session, { idempotencyKey }: ChangeOptions): string | undefined {
  if (idempotencyKey === undefined) return undefined;
  const key = isPlainKey(idempotencyKey) ? idempotencyKey : parseKey(idempotencyKey, 'idempotency key');
  return actor.app === null ? key : `${actor.app}\n${key}`;
}

/** The stored answer of a change that was made under the same key, before the processor is asked again. */
export async function replayed<T extends object>(
  session: Session,
  facts: ChangeFacts,
  request: ChangeOptions,
): Promise<(T & Changed) | undefined> {
  const key = storedKey(session, request);
  if (key === undefined) return undefined;
  const known = await session.store.read(session.org.number, (view) => view.findKey(key));
  if (known === undefined) return undefined;
  requireSameParameters(known, fingerprintOf(session, facts.action, request));
  return { ...(JSON.parse(known.result) as T), replayed: true };
}

/** What the key was answered with before, if it was. */
async function answered(unit: LedgerUnit, key: string, fingerprint: string): Promise<KeyRecord | undefined> {
  const known = await unit.findKey(key);
  if (known !== undefined) requireSameParameters(known, fingerprint);
  return known;
}

/** Throws `idempotency_conflict` where a key was used before with other parameters. */
export function requireSameParameters(
  known: { key: string; operation: string; fingerprint: string },
  fingerprint: string,
): void {
  if (known.fingerprint === fingerprint) return;
  const key = known.key.slice(known.key.indexOf('\n') + 1);
  throw new WalletError(
    'idempotency_conflict',
    `the idempotency key ${JSON.stringify(key)} was used before, for something else`,
    {
      why: `it belongs to ${known.operation} with other parameters; nothing was done`,
      hint: 'use a new key for a new change',
      details: { key, operation: known.operation },
    },
  );
}

/** A digest of what is asked for: the same for the same parameters in any order. */
export function fingerprintOf(session: Session, action: string, request: ChangeOptions): string {
  return session.deps.system.digest([`${action}\n${JSON.stringify(inOrder(request, OPTIONS))}`]);
}

/** What is no parameter of a change. */
const OPTIONS: readonly string[] = ['idempotencyKey', 'dryRun'] satisfies (keyof ChangeOptions)[];
const NONE: readonly string[] = [];

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  if ('toJSON' in value && typeof value.toJSON === 'function') return sorted(value.toJSON());
  return inOrder(value, NONE);
}

/** The same with its fields in the order of their names, but for those that are left out: every posting comes by here. */
function inOrder(value: object, leftOut: readonly string[]): object {
  const ordered: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) {
    const inner = (value as Record<string, unknown>)[name];
    if (inner !== undefined && !leftOut.includes(name)) ordered[name] = sorted(inner);
  }
  return ordered;
}
