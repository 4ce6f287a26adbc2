import type { Grant } from '../core/credit/grant';
import type { Entry } from '../core/ledger/entry';
import type { DayTotal, MonthTotal } from '../core/ledger/totals';
import type { KeyRecord } from './key-record';
import type { LedgerInfo } from './ledger-info';

/** A stored entry together with its stored row check. */
export interface StoredEntry {
  readonly entry: Entry;
  readonly check: number;
}

/** The stored facts as they stand, for the proof of the ledger. */
export interface LedgerProof {
  /** Entries in posting order, in batches. */
  entries(after: number, limit: number): Promise<readonly StoredEntry[]>;
  dayTotals(): Promise<readonly DayTotal[]>;
  monthTotals(): Promise<readonly MonthTotal[]>;
  allGrants(): Promise<readonly Grant[]>;
  /** Ids of grants that are marked as open with nothing left in them, or the other way round; a few at most. */
  mismarkedGrants(): Promise<readonly string[]>;
  /** Event ids that do not point to their entry, or entries whose id is not registered; a few at most. */
  brokenEventIds(): Promise<readonly string[]>;
  /** The end of the chain, with the seal of the last write that changed a setting. */
  head(): Promise<{ links: number; hash: string; settingsSeal: string }>;
  keys(): Promise<readonly KeyRecord[]>;
  info(): Promise<LedgerInfo>;
  /** Rows of the whole ledger that nothing leads to: of no organisation, or of no entry; a few at most. */
  strayRows(): Promise<readonly string[]>;
  /** What is wrong with the schema itself: missing, altered or added tables, indexes and triggers. */
  schemaFaults(): Promise<readonly string[]>;
  /** What the engine finds wrong with the file. */
  storageFaults(): Promise<readonly string[]>;
}
