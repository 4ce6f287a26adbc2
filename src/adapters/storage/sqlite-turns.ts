import { longestPause, pause } from './sqlite-waits';

/** How long a writer that others wait for writes on before it lets them in. */
const TURN_MS = 6;
/** Whoever held the ledger for so long lets others in, whether it met any or not: it can't meet who waits for it. */
const LONG_MS = 50;
/** How long a writer that was met is taken to be still about. */
const REMEMBERED_MS = 1_000;
/** After so many large writes in a row that were decided in vain, the ledger is taken first, for so long. */
const TRIES = 3;
const RETRY_MS = 10_000;

/** When a connection writes, beside others that write to the same ledger. */
export class Turns {
  /** When another writer was last in the way, and since when this one has had its way. */
  #metOthers = Number.NEGATIVE_INFINITY;
  #turnFrom = 0;
  /** Since when it has been waiting, and how long it did for the turn that it has. */
  #waitingFrom: number | undefined;
  #waitedMs = 0;
  /** How long the last write took, and whether the last that was done was a large one. */
  #heldMs = 0;
  #wasLarge = false;
  /** Whether the write at hand decides before it takes the ledger; how many did in vain in a row, and when the last did. */
  #decidesFirst = false;
  #lost = 0;
  #lastLost = 0;

  /**
   * How a write begins: by taking the ledger. One that follows a large one will be large as well. Its first statement
   * that writes takes the ledger, and until then others write while it decides. Where one of them did, that statement
   * fails as if the ledger was busy, for what was decided may be wrong; it is done again, at last with the ledger taken.
   */
  begin(): 'BEGIN' | 'BEGIN IMMEDIATE' {
    this.#decidesFirst = this.#mayDecideFirst;
    return this.#decidesFirst ? 'BEGIN' : 'BEGIN IMMEDIATE';
  }

  get #mayDecideFirst(): boolean {
    return this.#wasLarge && (this.#lost < TRIES || Date.now() - this.#lastLost > RETRY_MS);
  }

  /** Whether this turn was waited for so long that a large write must have been in the way. */
  get hasWaited(): boolean {
    return this.#waitedMs >= LONG_MS;
  }

  get isToGiveWay(): boolean {
    if (this.#mayDecideFirst) return false;
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
    if (!this.#decidesFirst) return;
    this.#lost += 1;
    this.#lastLost = this.#metOthers;
  }

  /** The ledger is this process's: its turn begins where it had to wait for it. Answers when it was given. */
  take(): number {
    const now = Date.now();
    if (this.#waitingFrom !== undefined) this.#turnFrom = now;
    this.#waitedMs = now - (this.#waitingFrom ?? now);
    this.#waitingFrom = undefined;
    return now;
  }

  /** A write is done. */
  end(isLarge: boolean): void {
    if (this.#decidesFirst) this.#lost = 0;
    this.#wasLarge = isLarge;
  }

  /** A write that began then is over, well or not. */
  leave(from: number): void {
    this.#heldMs = Date.now() - from;
  }
}
