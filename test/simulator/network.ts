import type { PaymentAnswer, RefundAnswer } from '../../src/ports/payment-gateway';
import type { Chance } from './random';

const DAY_MS = 86_400_000;
/** Longer than any caller waits, shorter than the day after which keys are forgotten. */
const LATEST_MS = 600_000;

/** A process that was killed: what it was doing stops right there. */
export class Killed extends Error {}

/** The way to the processor, where requests and answers get lost, come late, or end the process; and its keys. */
export class SimulatedNetwork {
  /** How likely each thing is to go wrong; all is well at 0. */
  trouble = 0;
  readonly #keys = new Map<string, { request: string; answer: PaymentAnswer | RefundAnswer; at: number }>();
  readonly #late: { readonly at: number; readonly run: () => void }[] = [];
  readonly #chance: Chance;
  readonly #now: () => number;

  constructor(chance: Chance, now: () => number) {
    this.#chance = chance;
    this.#now = now;
  }

  get isQuiet(): boolean {
    return this.#late.length === 0;
  }

  /** Carries out what was on its way for so long. */
  arrive(): void {
    const due = this.#late.filter((each) => each.at <= this.#now()).sort((a, b) => a.at - b.at);
    for (const each of due) {
      this.#late.splice(this.#late.indexOf(each), 1);
      each.run();
    }
  }

  /** One request over that network. */
  async send<T extends PaymentAnswer | RefundAnswer>(key: string, request: string, run: () => T): Promise<T> {
    const unknown = { kind: 'unknown', reason: 'the network' } as T;
    await this.pause();
    const act = () => this.#once(key, request, run);
    if (!this.#chance.happens(this.trouble)) return act();
    const kind = this.#chance.below(5);
    if (kind === 0) return unknown; // lost on its way
    if (kind === 1) {
      // It is carried out at its own time, though nobody may look before a day later.
      const at = this.#now() + this.#chance.below(LATEST_MS);
      this.#late.push({ at, run: () => void this.#once(key, request, run, at) });
      return unknown;
    }
    if (kind === 2) throw new Killed('before it was sent');
    act();
    if (kind === 3) throw new Killed('before it was answered');
    return unknown; // carried out, and the answer lost
  }

  #once<T extends PaymentAnswer | RefundAnswer>(key: string, request: string, run: () => T, at = this.#now()): T {
    const known = this.#keys.get(key);
    const isFresh = known !== undefined && at - known.at < DAY_MS;
    // A key stands for one request, so its answer has that request's type.
    if (isFresh && known.request === request) return known.answer as T;
    if (isFresh) return { kind: 'refused', code: 'idempotency_error', message: 'other parameters' } as T;
    const answer = run();
    this.#keys.set(key, { request, answer, at });
    return answer;
  }

  /** Lets other workers in, now and then several steps of them. */
  async pause(): Promise<void> {
    for (let turn = this.#chance.below(4); turn > 0; turn -= 1) await new Promise(setImmediate);
  }
}
