import type { Nouns } from './routes';

/** What a request brings along beside what it asks for: the settings of the caller's command line. */
export interface CallerSettings {
  readonly token: string | undefined;
  /** The organisation that was named: it has to be the token's. */
  readonly org: string | undefined;
  readonly timeZone: string | undefined;
  /** The clock of a test: taken in a sandbox only. */
  readonly now: string | undefined;
  /** The caller's own limit of one purchase: it counts where it is the lower. */
  readonly maxPurchase: string | undefined;
}

/** A caller who was let in, and how they use the service. */
export interface Visitor {
  /** The token's id: what rates are counted by, and what the log of requests names. */
  readonly token: string;
  /** Asks the service for an operation. It takes and answers what the contract says of that one. */
  call(noun: keyof Nouns, verb: string, request: object): Promise<object | undefined>;
}

/** What became of a processor's event: one that is not taken changes nothing. */
export type EventOutcome = 'taken' | 'ignored' | 'not_genuine' | 'no_secret';

/** What stands behind the server. */
export interface WalletHost {
  readonly version: string;
  /**
   * Throws `unauthorized`, `unknown_org`, or `invalid_config` for a clock that may not be set. For an operation that looks
   * itself, the caller is let in by what was known last: the operation throws `unauthorized` where that stands no more.
   */
  admit(settings: CallerSettings, looksItself: boolean): Promise<Visitor>;
  /** Throws unless the ledger can be read. */
  ready(): Promise<void>;
  /**
   * Takes an event of the card processor, by the bytes and the signature it came with. Only that something happened is
   * believed: it is looked up at the processor afterwards, and credited once. Throws where the ledger can't be read.
   */
  takeEvent(event: { readonly body: Uint8Array; readonly signature: string | undefined }): Promise<EventOutcome>;
}
