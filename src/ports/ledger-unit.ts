import type { Entry } from '../core/ledger/entry';
import type { Posting } from '../core/ledger/posting';
import type { Instant } from '../core/time';
import type { KeyRecord } from './key-record';
import type { LedgerView } from './ledger-view';
import type { RecordKind, RecordTypes } from './record-types';
import type { WritableRecords } from './records';

/** What a write is about: it becomes the audit row and goes under the seal. */
export interface WriteFacts {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly at: Instant;
  /** The settings that the caller goes by, by the seal of their last change. The write throws `SettingsChanged` under others. */
  readonly under?: string | undefined;
}

/** Changing one organisation's ledger. Everything in one `write` happens together or not at all. */
export interface LedgerUnit extends LedgerView {
  readonly records: { readonly [K in RecordKind]: WritableRecords<RecordTypes[K]> };
  /** Writes entries ahead of the posting that they belong to, so that a large write need not hold them all. */
  append(entries: readonly Entry[]): Promise<void>;
  /** Writes what the journal decided. At most once in a unit. Throws `EventIdTaken`, and then nothing is written. */
  post(posting: Posting): Promise<void>;
  saveKey(record: KeyRecord): Promise<void>;
  saveKeys(records: readonly KeyRecord[]): Promise<void>;
  /**
   * Says that something is refused. That leaves nothing in the ledger which could be held against it: where this unit goes
   * by what is only taken to be so, it ends here, and the work is run again by what the ledger says.
   */
  refuse(): void;
  /** Replaces what the audit row will say the write was about. */
  describe(facts: Partial<Pick<WriteFacts, 'subject' | 'reason'>>): void;
}

/** Thrown by `post` where an event id was taken before: whoever did not look has to look, and do it again. */
export class EventIdTaken extends Error {
  constructor() {
    super('an event id is taken');
  }
}

/** Thrown by a write whose caller went by settings that have changed meanwhile: nothing is written. */
export class SettingsChanged extends Error {
  constructor() {
    super('settings have changed');
  }
}
