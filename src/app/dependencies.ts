import type { Organisation } from '../contract/organisation';
import type { Receipt } from '../contract/purchases';
import type { Actor } from '../core/access';
import type { Credits } from '../core/credits';
import type { Calendar } from '../core/time';
import type { LedgerInfo } from '../ports/ledger-info';
import type { Notifier } from '../ports/notifier';
import type { PaymentGateway } from '../ports/payment-gateway';
import type { Store } from '../ports/store';
import type { System } from '../ports/system';

/** How a ledger recognises its processor. */
export type Processor = Pick<LedgerInfo, 'provider' | 'mode' | 'account'>;

/** What the use cases are given. What is costly to open is opened when it is first asked for. */
export interface Dependencies {
  /** Opens the ledger; with `create`, makes it if there is none. Throws `not_initialised` otherwise. */
  store(options?: { create: boolean }): Promise<Store>;
  /** What a ledger for that processor remembers of it. Throws `invalid_config`, `live_guard` or `provider_unavailable`. */
  processor(provider: LedgerInfo['provider']): Promise<Processor>;
  /**
   * Throws `live_guard` where the settings name another mode than the ledger's, and `invalid_config` where they set the
   * clock of a ledger that holds real dealings.
   */
  admit(info: LedgerInfo): Promise<void>;
  /**
   * The ledger's card processor, with a time budget that starts now, and a mark of the key it was opened with. A key
   * with another mark than the given one is first checked to be of the ledger's account. Throws as `processor` does.
   */
  gateway(info: LedgerInfo, keyMark: string | null): Promise<{ gateway: PaymentGateway; keyMark: string | null }>;
  /** Whether the processor's key is of a kind that may lack permissions. Throws `invalid_config` where there is none. */
  isKeyRestricted(info: LedgerInfo): Promise<boolean>;
  /** What carries notices and letters. Throws `invalid_config` where its settings can't be read. */
  notifier(): Promise<Notifier>;
  /** Draws a receipt as PDF, its times by that calendar. */
  renderReceipt(receipt: Receipt, org: Organisation, calendar: Calendar): Promise<Uint8Array>;
  readonly system: System;
  /** Who asks: goes into the log. */
  readonly actor: string;
  /** Who asks over the API, and the organisation's number their token is bound to; whoever has the ledger otherwise. */
  readonly caller?: { readonly actor: Actor; readonly org: number } | undefined;
  /** The organisation that was named; the ledger's first otherwise. */
  readonly org: string | undefined;
  /** The zone the caller's dates are in; the organisation's otherwise. */
  readonly timeZone?: string | undefined;
  /** The most that one purchase may be. */
  readonly maxPurchase: Credits;
  /** Told the id of a purchase or refund once it is on record, before the processor hears of it. */
  readonly onRecord?: ((id: string) => void) | undefined;
  /** Told where the ledger went, once it is read after it was moved: nothing is written to it any more. */
  readonly onMoved?: ((place: string) => void) | undefined;
  /** Gives back what was opened. */
  close(): Promise<void>;
}
