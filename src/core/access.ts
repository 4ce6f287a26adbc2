import { WalletError } from './errors';
import type { Instant } from './time';

export const ROLES = ['admin', 'accountant', 'app'] as const;

export type Role = (typeof ROLES)[number];

/** Who asks: the name that goes into the log, and what it may do. */
export interface Actor {
  readonly name: string;
  readonly role: Role;
  /** The one app that an actor of role `app` may post for; null where it is bound to none. */
  readonly app: string | null;
}

/** An API token as it is kept: its secret only as a SHA-256 digest. */
export interface TokenRecord {
  readonly id: string;
  /** What its changes are signed with in the log. */
  readonly name: string;
  readonly role: Role;
  readonly app: string | null;
  readonly hash: string;
  readonly expiresAt: Instant | null;
  readonly revokedAt: Instant | null;
  readonly createdAt: Instant;
  readonly version: number;
}

/** When a token was last used, to the hour: its use is not worth a write each time. A working note under the token's id. */
export interface TokenUseRecord {
  readonly id: string;
  readonly usedAt: Instant;
  readonly version: number;
}

/** A person, under the name that `--as` gives. A removed user's record stays. */
export interface UserRecord {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly app: string | null;
  readonly removedAt: Instant | null;
  readonly createdAt: Instant;
  readonly version: number;
}

/** Every operation, and who may ask for it. Deny by default: what is not listed here nobody may do. */
const ALLOWED = {
  'organisation.init': ['admin'],
  'organisation.name': ['admin', 'accountant', 'app'],
  'organisation.read': ['admin', 'accountant'],
  'credit.read': ['admin', 'accountant'],
  'credit.adjust': ['admin'],
  'credit.grant': ['admin', 'accountant'],
  'purchase.buy': ['admin'],
  'purchase.read': ['admin', 'accountant'],
  'purchase.refund': ['admin'],
  'purchase.settle': ['admin', 'accountant'],
  'card.read': ['admin', 'accountant'],
  'card.change': ['admin'],
  'card.remove': ['admin', 'accountant'],
  'catalogue.read': ['admin', 'accountant'],
  'catalogue.change': ['admin'],
  'usage.post': ['admin', 'accountant', 'app'],
  'usage.apps': ['admin', 'accountant'],
  'usage.reverse': ['admin', 'accountant'],
  'hold.change': ['admin', 'accountant', 'app'],
  'hold.read': ['admin', 'accountant', 'app'],
  'period.close': ['admin', 'accountant'],
  'invoice.run': ['admin', 'accountant'],
  'leads.change': ['admin', 'accountant'],
  'recharge.change': ['admin'],
  'recharge.read': ['admin', 'accountant'],
  'recharge.check': ['admin', 'accountant'],
  'alert.change': ['admin'],
  'alert.read': ['admin', 'accountant'],
  'alert.check': ['admin', 'accountant'],
  'transaction.read': ['admin', 'accountant'],
  'audit.read': ['admin', 'accountant'],
  'access.change': ['admin'],
  'access.read': ['admin'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Operation = keyof typeof ALLOWED;

/** Whether the actor's role may do the operation. */
export function isAllowed(actor: Actor, operation: Operation): boolean {
  const roles: readonly Role[] = ALLOWED[operation];
  return roles.includes(actor.role);
}

/** Throws `forbidden` unless the actor's role may do the operation. */
export function requireAllowed(actor: Actor, operation: Operation): void {
  if (isAllowed(actor, operation)) return;
  const roles: readonly Role[] = ALLOWED[operation];
  throw new WalletError('forbidden', `${actor.name} may not do this`, {
    why: `${operation} needs the role ${roles.join(' or ')}, and ${actor.name} has ${actor.role}`,
    hint: 'ask an administrator',
    details: { operation, role: actor.role },
  });
}

/** Whether what the actor is shown must say nothing of the balance. Only administrators and accountants see it. */
export function seesBalance(actor: Actor): boolean {
  return actor.role !== 'app';
}

/** An app's actor posts for its own app alone; another's looks to it as if it did not exist. Throws `unknown_app`. */
export function requireOwnApp(actor: Actor, app: string): void {
  if (actor.app === null || actor.app === app) return;
  throw new WalletError('unknown_app', `there is no app ${JSON.stringify(app)}`, {
    why: 'nothing was changed',
    hint: 'wallet app list',
    details: { app },
  });
}
