import type { CardAddress } from '../../core/payment/card';
import type { Payment } from '../../core/payment/purchase';
import type { Refund } from '../../core/payment/refund';
import type { StoredCard } from '../../ports/payment-gateway';
import type { SqlConnection } from '../storage/sql-driver';

export interface SandboxCustomer {
  readonly id: string;
  readonly org: string;
  readonly name: string;
  readonly email: string | null;
}

export interface SandboxCard extends StoredCard {
  readonly id: string;
  /** The test card it was made from, which decides how charges go. */
  readonly token: string;
  readonly customer: string;
  /** A detached card is kept and can never be used again. */
  readonly attached: boolean;
  readonly name: string | null;
  readonly email: string | null;
  readonly address: CardAddress;
}

/**
 * A payment as the processor keeps it. Stripe's `requires_confirmation` is missing because it can't come about behind
 * this port: a payment gets its card only as it is confirmed.
 */
export interface SandboxPayment extends Payment {
  readonly status: 'requires_payment_method' | 'processing' | 'succeeded' | 'canceled';
  readonly live: false;
  readonly org: string;
  readonly description: string;
  readonly createdAt: number;
  /** The card it was last confirmed with. */
  readonly paymentMethod: string | null;
  /** How often it was read while it was processing. */
  readonly readings: number;
  /** Cards whose one lost request has been lost. */
  readonly lostRequests: readonly string[];
}

export interface SandboxRefund extends Refund {
  readonly status: 'pending' | 'succeeded' | 'failed';
  /** The test card the money goes back to, which decides how that goes. */
  readonly token: string;
  readonly createdAt: number;
}

export interface SandboxInvoice {
  readonly id: string;
  readonly status: 'draft' | 'open' | 'void';
  readonly amountCents: number;
  readonly customer: string;
  readonly purchase: string;
  readonly netDays: number;
  readonly sentAt: number | null;
}

interface Kinds {
  readonly customer: SandboxCustomer;
  readonly card: SandboxCard;
  readonly payment: SandboxPayment;
  readonly refund: SandboxRefund;
  readonly invoice: SandboxInvoice;
}

const SAVE = `INSERT INTO sandbox_objects (id, kind, purchase, body) VALUES (?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET body = excluded.body`;

/** The processor's own memory, inside one database transaction: its objects, and the requests it has answered. */
export class SandboxRecords {
  readonly #connection: SqlConnection;

  constructor(connection: SqlConnection) {
    this.#connection = connection;
  }

  async find<K extends keyof Kinds>(kind: K, id: string): Promise<Kinds[K] | undefined> {
    const sql = 'SELECT body FROM sandbox_objects WHERE id = ? AND kind = ?';
    const row = await this.#connection.get(sql, [id, kind]);
    // Only `save` writes bodies, and it writes what the kind says.
    return row === undefined ? undefined : (JSON.parse(row.body as string) as Kinds[K]);
  }

  async save<K extends keyof Kinds>(kind: K, object: Kinds[K]): Promise<void> {
    const purchase = 'purchase' in object ? object.purchase : null;
    await this.#connection.run(SAVE, [object.id, kind, purchase, JSON.stringify(object)]);
  }

  async all<K extends keyof Kinds>(kind: K): Promise<readonly Kinds[K][]> {
    const bodies = await this.#connection.column('SELECT body FROM sandbox_objects WHERE kind = ? ORDER BY id', [kind]);
    return bodies.map((body) => JSON.parse(body as string) as Kinds[K]);
  }

  async paymentsFor(customer: string, purchase: string): Promise<readonly SandboxPayment[]> {
    const bodies = await this.#connection.column(
      "SELECT body FROM sandbox_objects WHERE purchase = ? AND kind = 'payment'",
      [purchase],
    );
    const payments = bodies.map((body) => JSON.parse(body as string) as SandboxPayment);
    return payments.filter((payment) => payment.customer === customer);
  }

  /** What the key was first used for, and the answer in JSON. */
  async findRequest(key: string): Promise<{ fingerprint: string; answer: string } | undefined> {
    const row = await this.#connection.get('SELECT fingerprint, answer FROM sandbox_requests WHERE key = ?', [key]);
    return row === undefined ? undefined : { fingerprint: row.fingerprint as string, answer: row.answer as string };
  }

  async saveRequest(key: string, fingerprint: string, answer: string): Promise<void> {
    const sql = 'INSERT INTO sandbox_requests (key, fingerprint, answer) VALUES (?, ?, ?)';
    await this.#connection.run(sql, [key, fingerprint, answer]);
  }
}
