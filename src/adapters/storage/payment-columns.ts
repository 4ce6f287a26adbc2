import type { RecordKind } from '../../ports/record-types';
import { type Columns, plain } from './record-columns';

/** Cards, and what is bought, billed and paid back. */
export const PAYMENT_COLUMNS = {
  cards: () => [
    ...plain(
      ['paymentMethod', 'payment_method'],
      ['fingerprint', 'fingerprint'],
      ['brand', 'brand'],
      ['last4', 'last4'],
      ['expMonth', 'exp_month'],
      ['expYear', 'exp_year'],
      ['name', 'name'],
      ['email', 'email'],
    ),
    ['address', 'address', 'json'],
    ...plain(['role', 'role'], ['verifiedAt', 'verified_at'], ['removedAt', 'removed_at'], ['createdAt', 'created_at']),
  ],
  purchases: () => [
    ...plain(['state', 'state'], ['trigger', 'trigger_name'], ['credits', 'credits'], ['refunded', 'refunded']),
    ['disputed', 'disputed', 'flag'],
    ...plain(['paymentMethod', 'payment_method']),
    ['cards', 'cards', 'json'],
    ['attempts', 'attempts', 'json'],
    ...plain(['customer', 'customer'], ['payment', 'payment']),
    ['failure', 'failure', 'json'],
    ...plain(['entry', 'entry'], ['memo', 'memo']),
    ['hosted', 'hosted', 'json'],
    ...plain(['lookedAt', 'looked_at'], ['createdAt', 'created_at'], ['settledAt', 'settled_at']),
  ],
  refunds: () => [
    ...plain(
      ['purchase', 'purchase'],
      ['payment', 'payment'],
      ['kind', 'kind'],
      ['state', 'state'],
      ['credits', 'credits'],
      ['reference', 'reference'],
    ),
    ['draws', 'draws', 'json'],
    ...plain(['failure', 'failure'], ['sentAt', 'sent_at'], ['createdAt', 'created_at'], ['settledAt', 'settled_at']),
  ],
  setups: () => [
    ...plain(['state', 'state'], ['role', 'role']),
    ['page', 'page', 'json'],
    ...plain(['card', 'card'], ['createdAt', 'created_at']),
  ],
  billing: () =>
    plain(
      ['email', 'email'],
      ['netDays', 'net_days'],
      ['purchaseOrder', 'purchase_order'],
      ['offAt', 'off_at'],
      ['createdAt', 'created_at'],
    ),
  invoices: () => [
    ...plain(['number', 'number'], ['period', 'period'], ['state', 'state']),
    ['lines', 'lines', 'json'],
    ...plain(
      ['rounding', 'rounding'],
      ['total', 'total'],
      ['purchase', 'purchase'],
      ['issuedAt', 'issued_at'],
      ['dueAt', 'due_at'],
      ['paidAt', 'paid_at'],
    ),
  ],
} satisfies Partial<Record<RecordKind, () => Columns>>;
