/** So many requests a second for each caller, with as many at once unless said. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  constructor(perSecond: number, burst = Math.max(1, perSecond)) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /** Takes one from the caller's share. Answers 0, or after how many seconds there is one again. */
  take(caller: string, now: number): number {
    const bucket = this.#bucketOf(caller, now);
    if (bucket.left < 1) return Math.max(1, Math.ceil((1 - bucket.left) / this.#perSecond));
    bucket.left -= 1;
    return 0;
  }

  #bucketOf(caller: string, now: number): { left: number; at: number } {
    const known = this.#buckets.get(caller);
    if (known === undefined) {
      this.#forgetFull(now);
      const bucket = { left: this.#burst, at: now };
      this.#buckets.set(caller, bucket);
      return bucket;
    }
    known.left = Math.min(this.#burst, known.left + ((now - known.at) / 1_000) * this.#perSecond);
    known.at = now;
    return known;
  }

  /** Callers whose share has filled up again need no remembering. */
  #forgetFull(now: number): void {
    if (this.#buckets.size < 10_000) return;
    for (const [caller, { at }] of this.#buckets) if (now - at > 60_000) this.#buckets.delete(caller);
  }
}
