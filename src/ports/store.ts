import type { UserRecord } from '../core/access';
import type { LedgerInfo } from './ledger-info';
import type { LedgerUnit, WriteFacts } from './ledger-unit';
import type { LedgerView } from './ledger-view';
import type { OrganisationRecord } from './record-types';

export interface Entrance {
  readonly info: LedgerInfo;
  readonly org: OrganisationRecord | undefined;
  readonly user: UserRecord | undefined;
  /** Where the ledger was moved to; null where it was not. */
  readonly movedTo: string | null;
  /** The seal of the last change of the organisation's settings, where there is an organisation: under it, this stands. */
  readonly seal?: string | undefined;
}

/** What a write will look up before anything else. */
export interface Foreseen {
  readonly keys: readonly string[];
  readonly eventIds: readonly string[];
}

/** One write among several. */
export interface WriteJob<T> {
  readonly org: number;
  readonly facts: WriteFacts;
  /** An engine far away answers it in the trip that takes the lock. */
  readonly foreseen?: Foreseen;
  readonly work: (unit: LedgerUnit) => Promise<T>;
}

/** A ledger of many organisations. */
export interface Store {
  /** Whether it is so far away that it works on one write while this process decides the next. */
  readonly isFar: boolean;
  /** Throws `not_initialised` before `found`. */
  info(): Promise<LedgerInfo>;
  /** Writes down what the ledger is, once; later calls change nothing and answer what stands. */
  found(info: LedgerInfo): Promise<LedgerInfo>;
  organisations(): Promise<readonly OrganisationRecord[]>;
  /** The organisation of that name, or the ledger's first. */
  findOrganisation(name?: string): Promise<OrganisationRecord | undefined>;
  /**
   * What every call begins with, as it stands at one moment: the ledger, the organisation of that name or the first,
   * and its user of that name where one is named. Throws `not_initialised` before `found`.
   */
  entrance(org: string | undefined, user: string | undefined): Promise<Entrance>;
  read<T>(org: number, work: (view: LedgerView) => Promise<T>): Promise<T>;
  /**
   * What `read` answered when it was last asked under that name, where no setting of the organisation has changed since;
   * else what it answers now. It may read nothing but settings.
   */
  recall<T>(org: number, name: string, read: (view: LedgerView) => Promise<T>): Promise<T>;
  /** What `recall` last answered to the same, and under which seal. It may stand no longer: a write under that seal tells. */
  recallAsKnown<T>(org: number, name: string): { readonly answer: Promise<T>; readonly seal: string } | undefined;
  /**
   * One database transaction, serialised with every other write to the organisation. What it changed is sealed into
   * the chain before it commits; a unit that changed nothing leaves nothing. Retries contention a bounded time, by
   * running `work` again from the start; then throws `ledger_busy`.
   */
  write<T>(org: number, facts: WriteFacts, work: (unit: LedgerUnit) => Promise<T>): Promise<T>;
  /**
   * Several writes, each as by `write` and to another organisation, which share a transaction where they can. One that
   * fails leaves the others alone; its work may be run more than once, as any.
   */
  writeTogether<T>(jobs: readonly WriteJob<T>[]): Promise<readonly PromiseSettledResult<T>[]>;
  /** Creates the organisation and its empty wallet, and runs `work` as its first write. */
  createOrganisation<T>(
    record: Omit<OrganisationRecord, 'number'>,
    facts: WriteFacts,
    work: (unit: LedgerUnit, org: OrganisationRecord) => Promise<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

/** Thrown inside `write` to leave without a trace, with an answer: what a dry run ends with. */
export class Abandon<T> extends Error {
  readonly answer: T;

  constructor(answer: T) {
    super('the unit of work was abandoned on purpose');
    this.answer = answer;
  }
}
