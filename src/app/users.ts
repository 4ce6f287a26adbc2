import type { User } from '../contract/access';
import type { Changed, ChangeOptions } from '../contract/calls';
import type { UserRecord } from '../core/access';
import { quote } from '../core/credits';
import { WalletError } from '../core/errors';
import { parseEmail, parseSlug } from '../core/text';
import { formatInstant } from '../core/time';
import type { LedgerView } from '../ports/ledger-view';
import { change } from './command';
import type { Dependencies } from './dependencies';
import { readLedger } from './session';
import { boundApp, parseRole } from './tokens';

type Shown = Changed & { user: User };

/** Registers a person under the name that `--as` gives. Throws `already_exists`. */
export async function addUser(
  deps: Dependencies,
  request: ChangeOptions & { user: string; email: string; role: string; app?: string },
): Promise<Shown> {
  const id = parseSlug(request.user, 'user');
  const email = parseEmail(request.email);
  const role = parseRole(request.role);
  const facts = { operation: 'access.change', action: 'user.add', subject: id } as const;
  return change(deps, facts, request, async (unit, session) => {
    const app = await boundApp(unit, role, request.app);
    const before = await unit.records.users.find(id);
    if (before !== undefined && before.removedAt === null) throw userExists(id);
    const terms = { email, role, app, removedAt: null, createdAt: session.now() };
    if (before !== undefined) return { user: presentUser(await unit.records.users.update({ ...before, ...terms })) };
    const record = { id, ...terms, version: 1 };
    await unit.records.users.insert(record);
    return { user: presentUser(record) };
  });
}

export async function listUsers(deps: Dependencies): Promise<{ users: readonly User[]; next: null }> {
  return readLedger(deps, 'access.read', async (view) => {
    const users = await view.records.users.list({ removedAt: null });
    return { users: users.map(presentUser), next: null };
  });
}

export async function setRole(
  deps: Dependencies,
  request: ChangeOptions & { user: string; role: string; app?: string },
): Promise<Shown> {
  const role = parseRole(request.role);
  const facts = { operation: 'access.change', action: 'user.role', subject: request.user } as const;
  return change(deps, facts, request, async (unit) => {
    const user = await requireUser(unit, request.user);
    const app = await boundApp(unit, role, request.app);
    return { user: presentUser(await unit.records.users.update({ ...user, role, app })) };
  });
}

export async function removeUser(deps: Dependencies, request: ChangeOptions & { user: string }): Promise<Shown> {
  const facts = { operation: 'access.change', action: 'user.remove', subject: request.user } as const;
  return change(deps, facts, request, async (unit, session) => {
    const user = await requireUser(unit, request.user);
    return { user: presentUser(await unit.records.users.update({ ...user, removedAt: session.now() })) };
  });
}

async function requireUser(view: LedgerView, name: string): Promise<UserRecord> {
  const user = await view.records.users.find(name);
  if (user !== undefined && user.removedAt === null) return user;
  throw new WalletError('unknown_user', `there is no user ${quote(name)}`, {
    why: 'nothing was changed',
    hint: 'wallet user list',
  });
}

function presentUser({ id, email, role, app, createdAt }: UserRecord): User {
  return { user: id, email, role, app, createdAt: formatInstant(createdAt) };
}

function userExists(id: string): WalletError {
  return new WalletError('already_exists', `the user ${id} is there already`, {
    why: 'nothing was changed',
    hint: `wallet user role ${id} ROLE`,
  });
}
