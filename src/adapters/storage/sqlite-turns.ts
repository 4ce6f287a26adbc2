import { longestPause, pause } from './sqlite-waits';

/** How long a writer that others wait for writes on before it lets them in. */
const TURN_MS = 4;
/** Whoever held the ledger for so long lets others in, whether it met any or not: it can't meet who waits for it. */
const LONG_MS = 50;
/** How long a writer that was met is taken to be still about. */
const REMEMBERED_MS = 1_000;
/** For so long it is not tried again to decide a large write before the ledger is taken. */
const ALONE_MS = 10_000;

/** When a connection writes, beside others that write to the same ledger. */
export class Turns {
  /** When another writer was last in the way, and since when this one has had its way. */
  #metOthers = Number.NEGATIVE_INFINITY;
  #turnFrom = 0;
  /** Since when it has been waiting, and how long it did for the turn that it has. */
  #waitingFrom: number | undefined;
  #waitedMs = 0;
  /** How long the last write took, and whether it was a large one. */
  #heldMs = 0;
  #wasLarge = false;

  /**
   * How a write begins: by taking the ledger. One that follows a large one will be large as well. Its first statement
   * that writes takes the ledger, and until then others write while it decides. Where one of them did, that statement
   * fails as if the ledger was busy, for what was decided may be wrong; it is done again, with the ledger taken first.
   */
  get begin(): 'BEGIN' | 'BEGIN IMMEDIATE' {
    return this.#wasLarge && Date.now() - this.#metOthers > ALONE_MS ? 'BEGIN' : 'BEGIN IMMEDIATE';
  }

  /** Whether this turn was waited for so long that a large write must have been in the way. */
  get hasWaited(): boolean {
    return this.#waitedMs >= LONG_MS;
  }

  get isToGiveWay(): boolean {
    if (this.begin === 'BEGIN') return false;
    const now = Date.now();
    if (this.#heldMs >= LONG_MS) return true;
    return now - this.#metOthers <= REMEMBERED_MS && now - this.#turnFrom >= TURN_MS;
  }

  /**
   * Lets other writers in, where there are some. They sleep between their tries, so whoever has just written and writes
   * on at once would find the ledger free again and again, and they almost never.
   */
  async giveWay(): Promise<void> {
    await (this.#heldMs >= LONG_MS ? longestPause() : pause());
    this.#turnFrom = Date.now();
  }

  meetOthers(): void {
    this.#metOthers = Date.now();
    this.#waitingFrom ??= this.#metOthers;
  }

  /** The ledger is this process's: its turn begins where it had to wait for it. Answers when it was given. */
  take(): number {
    const now = Date.now();
    if (this.#waitingFrom !== undefined) this.#turnFrom = now;
    this.#waitedMs = now - (this.#waitingFrom ?? now);
    this.#waitingFrom = undefined;
    return now;
  }

  /** A write that began then has ended, well or not. */
  end(from: number, wasLarge: boolean): void {
    this.#heldMs = Date.now() - from;
    this.#wasLarge = wasLarge;
  }
}
