import type { Credits } from '../core/credits';
import type { PaymentGateway } from '../ports/payment-gateway';
import type { Store } from '../ports/store';
import type { System } from '../ports/system';

/** What the use cases are given. What is costly to open is opened when it is first asked for. */
export interface Dependencies {
  /** Opens the ledger; with `create`, makes it if there is none. Throws `not_initialised` otherwise. */
  store(options?: { create: boolean }): Promise<Store>;
  /** The ledger's card processor. */
  gateway(): Promise<PaymentGateway>;
  readonly system: System;
  /** Who asks: goes into the log. */
  readonly actor: string;
  /** The organisation that was named; the ledger's first otherwise. */
  readonly org: string | undefined;
  /** The zone the caller's dates are in; the organisation's otherwise. */
  readonly timeZone?: string | undefined;
  /** The most that one purchase may be. */
  readonly maxPurchase: Credits;
  /** Gives back what was opened. */
  close(): Promise<void>;
}
