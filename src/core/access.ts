import { WalletError } from './errors';

type Role = 'admin' | 'accountant' | 'app';

/** Who asks: the name that goes into the log, and what it may do. */
export interface Actor {
  readonly name: string;
  readonly role: Role;
}

/** Every operation, and who may ask for it. Deny by default: what is not listed here nobody may do. */
const ALLOWED = {
  'organisation.init': ['admin'],
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
  'catalogue.read': ['admin', 'accountant', 'app'],
  'catalogue.change': ['admin'],
  'usage.post': ['admin', 'accountant', 'app'],
  'usage.reverse': ['admin', 'accountant'],
  'hold.change': ['admin', 'accountant', 'app'],
  'hold.read': ['admin', 'accountant', 'app'],
  'period.close': ['admin', 'accountant'],
  'invoice.run': ['admin', 'accountant'],
  'leads.change': ['admin', 'accountant', 'app'],
  'recharge.change': ['admin'],
  'recharge.read': ['admin', 'accountant'],
  'recharge.check': ['admin', 'accountant', 'app'],
  'alert.change': ['admin'],
  'alert.read': ['admin', 'accountant'],
  'alert.check': ['admin', 'accountant'],
  'transaction.read': ['admin', 'accountant'],
  'audit.read': ['admin', 'accountant'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Operation = keyof typeof ALLOWED;

/** Throws `forbidden` unless the actor's role may do the operation. */
export function requireAllowed(actor: Actor, operation: Operation): void {
  const roles: readonly Role[] = ALLOWED[operation];
  if (roles.includes(actor.role)) return;
  throw new WalletError('forbidden', `${actor.name} may not do this`, {
    why: `${operation} needs the role ${roles.join(' or ')}, and ${actor.name} has ${actor.role}`,
    hint: 'ask an administrator',
    details: { operation, role: actor.role },
  });
}
