import type { Token } from '../contract/access';
import type { Changed, ChangeOptions } from '../contract/calls';
import { ROLES, type Role, type TokenRecord } from '../core/access';
import { quote } from '../core/credits';
import { WalletError } from '../core/errors';
import { makeId } from '../core/ids';
import { parseWhen } from '../core/period';
import { parseName } from '../core/text';
import { formatInstant, type Instant } from '../core/time';
import { formatToken, hashOf, SECRET_DIGITS } from '../core/token';
import type { LedgerView } from '../ports/ledger-view';
import { requireApp } from './catalogue';
import { change } from './command';
import type { Dependencies } from './dependencies';
import { readLedger, type Session } from './session';

type TokenRequest = ChangeOptions & { role: string; app?: string; expires?: string; name?: string };

/** Makes a token. `secret` is the whole of it and is answered this once: no later answer, replays included, has it. */
export async function createToken(
  deps: Dependencies,
  request: TokenRequest,
): Promise<Changed & { token: Token; secret: string | null }> {
  const role = parseRole(request.role);
  const name = request.name === undefined ? undefined : parseName(request.name, 'token name');
  let secret: string | null = null;
  const facts = { operation: 'access.change', action: 'token.create', subject: name ?? role } as const;
  const created = await change(deps, facts, request, async (unit, session) => {
    const app = await boundApp(unit, role, request.app);
    const now = session.now();
    const id = makeId('tok', now, deps.system.random());
    const random = secretFrom(deps);
    const expiresAt = request.expires === undefined ? null : parseExpiry(request.expires, session);
    const record = { id, name: name ?? id, role, app, expiresAt, revokedAt: null, createdAt: now };
    const hash = hashOf(random, deps.system.digest);
    await unit.records.tokens.insert({ ...record, hash, version: 1 });
    secret = formatToken(
      session.info.mode === 'live' ? 'live' : 'test',
      { org: session.org.number, id, secret: random },
      deps.system.digest,
    );
    return { token: presentToken({ ...record, hash, version: 1 }, now) };
  });
  const isNew = created.replayed !== true && created.dryRun !== true;
  return { ...created, secret: isNew ? secret : null };
}

export async function listTokens(deps: Dependencies): Promise<{ tokens: readonly Token[]; next: null }> {
  return readLedger(deps, 'access.read', async (view, session) => {
    const records = await view.records.tokens.list({}, { newestFirst: true });
    const uses = new Map((await view.records.token_uses.list()).map(({ id, usedAt }) => [id, usedAt]));
    return { tokens: records.map((record) => presentToken(record, session.now(), uses.get(record.id))), next: null };
  });
}

/** From this write on the token opens nothing. Revoking it again changes nothing. */
export async function revokeToken(
  deps: Dependencies,
  request: ChangeOptions & { id: string },
): Promise<Changed & { token: Token }> {
  const facts = { operation: 'access.change', action: 'token.revoke', subject: request.id } as const;
  return change(deps, facts, request, async (unit, session) => {
    const record = await unit.records.tokens.find(request.id);
    if (record === undefined) throw unknownToken(request.id);
    const now = session.now();
    const revoked =
      record.revokedAt === null ? await unit.records.tokens.update({ ...record, revokedAt: now }) : record;
    return { token: presentToken(revoked, now, (await unit.records.token_uses.find(record.id))?.usedAt) };
  });
}

/** The app a role is bound to. Throws `invalid_usage` where an app's role has none, or another role has one. */
export async function boundApp(view: LedgerView, role: Role, app: string | undefined): Promise<string | null> {
  if (role !== 'app') {
    if (app === undefined) return null;
    throw new WalletError('invalid_usage', `the role ${role} is not bound to an app`, {
      why: 'only the role app is',
      hint: 'leave --app out, or take --role app',
    });
  }
  if (app !== undefined) return (await requireApp(view, app)).app;
  throw new WalletError('invalid_usage', 'the role app needs the app it is for', {
    why: 'it may post usage and holds for that one app, and nothing else',
    hint: 'add --app APP',
  });
}

export function parseRole(text: string): Role {
  const role = ROLES.find((candidate) => candidate === text);
  if (role !== undefined) return role;
  throw new WalletError('invalid_value', `there is no role ${quote(text)}`, {
    why: `the roles are ${ROLES.join(', ')}`,
    hint: 'write one of them',
  });
}

/** 256 bits, from pieces of 14 hexadecimal digits. */
function secretFrom(deps: Dependencies): string {
  let digits = '';
  while (digits.length < SECRET_DIGITS) digits += deps.system.random();
  return digits.slice(0, SECRET_DIGITS);
}

function parseExpiry(text: string, session: Session): Instant {
  const at = parseWhen(text, session.zone);
  if (at > session.now()) return at;
  throw new WalletError('invalid_time', `the token would be expired already: ${quote(text)}`, {
    why: 'a token expires in the future, or never',
    hint: 'write a later date, or leave --expires out',
  });
}

function presentToken(record: TokenRecord, now: Instant, usedAt?: Instant): Token {
  const { id, name, role, app, expiresAt, revokedAt, createdAt } = record;
  const isExpired = expiresAt !== null && expiresAt <= now;
  return {
    id,
    name,
    role,
    app,
    status: revokedAt !== null ? 'revoked' : isExpired ? 'expired' : 'active',
    createdAt: formatInstant(createdAt),
    expiresAt: expiresAt === null ? null : formatInstant(expiresAt),
    lastUsedAt: usedAt === undefined ? null : formatInstant(usedAt),
  };
}

function unknownToken(id: string): WalletError {
  return new WalletError('unknown_token', `there is no token ${quote(id)}`, {
    why: 'nothing was changed',
    hint: 'wallet token list',
  });
}
