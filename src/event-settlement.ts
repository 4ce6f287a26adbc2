import { type Delivery, isGenuine, subjectOf } from './adapters/payments/stripe-events';
import type { Dependencies } from './app/dependencies';
import { organisationsConcerned } from './app/processor-events';
import { reconcile } from './app/purchases';
import type { EventOutcome } from './contract/host';
import { WalletError } from './core/errors';

/** What settlement needs of the server: the ledger as an organisation sees it, and where to tell what went wrong. */
interface Settling {
  readonly secret: string | undefined;
  depsFor(org: string | undefined): Dependencies;
  log(line: object): void;
}

/** Organisations that are looked up at once: an event may concern a thousand, and the processor limits requests. */
const MOST_AT_WORK = 4;

/**
 * Lets events of the processor shorten the wait. A genuine one is answered at once; then every organisation it may
 * concern looks its purchases up at the processor, one run at a time. Events that arrive during a run have it done once
 * more at its end. A run that fails is left to the next event, or to `wallet reconcile`.
 */
export class EventSettlement {
  readonly #settling: Settling;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  readonly #inLine: (() => void)[] = [];
  #atWork = 0;

  constructor(settling: Settling) {
    this.#settling = settling;
  }

  async take(delivery: Delivery): Promise<EventOutcome> {
    const secret = (this.#settling.secret ?? '').trim();
    if (secret === '') return 'no_secret';
    const deps = this.#settling.depsFor(undefined);
    if (!isGenuine(delivery, secret, deps.system.now())) return 'not_genuine';
    const subject = subjectOf(delivery);
    if (subject === undefined) return 'ignored';
    for (const org of await organisationsConcerned(deps, subject)) this.#soon(org);
    return 'taken';
  }

  /** Waits for the runs under way. */
  async end(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  #soon(org: string): void {
    if (this.#underWay.has(org)) this.#again.add(org);
    else this.#underWay.set(org, this.#settle(org));
  }

  async #settle(org: string): Promise<void> {
    if (this.#atWork >= MOST_AT_WORK) await new Promise<void>((enter) => this.#inLine.push(enter));
    this.#atWork += 1;
    do {
      this.#again.delete(org);
      await this.#attempt(org);
    } while (this.#again.has(org));
    this.#underWay.delete(org);
    this.#atWork -= 1;
    this.#inLine.shift()?.();
  }

  async #attempt(org: string): Promise<void> {
    try {
      await reconcile(this.#settling.depsFor(org));
    } catch (error) {
      const code = error instanceof WalletError ? error.code : 'internal';
      const message = error instanceof Error ? error.message : String(error);
      this.#settling.log({ time: new Date().toISOString(), level: 'error', job: 'webhook', org, code, error: message });
    }
  }
}
