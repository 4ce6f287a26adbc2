import { add, type Credits, least, subtract, ZERO } from '../credits';
import { assert } from '../errors';
import { type Draw, OVERDRAFT } from '../ledger/entry';
import { compareForBurnDown, freePart, type Grant } from './grant';

/** A grant as it stands in the middle of a write. */
export type OpenGrant = { -readonly [K in keyof Grant]: Grant[K] };

/**
 * The grants a write can draw on, in burn-down order, with what the write has taken from each. Mutable on purpose: a
 * batch of a million events draws a million times. What is asked of it is checked by its callers; it only takes.
 */
export class GrantPool {
  readonly #order: OpenGrant[];
  /** By their numbers; made when one is asked for: usage takes them in their order. */
  #bySeq: Map<number, OpenGrant> | undefined;
  readonly #touched = new Set<OpenGrant>();
  readonly #opened: OpenGrant[] = [];
  /** Every grant before this one has nothing free. */
  #first = 0;

  constructor(grants: readonly Grant[]) {
    this.#order = grants.map((grant) => ({ ...grant }));
    if (grants.length > 1) this.#order.sort(compareForBurnDown);
  }

  /** In burn-down order. */
  get grants(): readonly Grant[] {
    return this.#order;
  }

  /** Grants opened by this write, as they stand now. */
  get opened(): readonly Grant[] {
    return this.#opened;
  }

  /** Grants of before that this write changed, as they stand now. */
  get changed(): readonly Grant[] {
    const changed = [...this.#touched];
    return this.#opened.length === 0 ? changed : changed.filter((grant) => !this.#opened.includes(grant));
  }

  find(seq: number): Grant | undefined {
    return this.#find(seq);
  }

  /** Adds a grant to draw on from here on. */
  open(grant: Grant): void {
    const opened = { ...grant };
    this.#opened.push(opened);
    this.#bySeq?.set(opened.seq, opened);
    this.#order.push(opened);
    this.#order.sort(compareForBurnDown);
    this.#first = 0;
  }

  /**
   * Takes the amount from what is free, in burn-down order, what the grants lack from the overdraft. Answers one
   * negative draw for each grant touched.
   */
  draw(amount: Credits): Draw[] {
    return this.#walk(amount, (grant, part) => {
      grant.remaining = subtract(grant.remaining, part);
    });
  }

  /** Takes the amount from the grant that is next if that covers it all, and answers its number; else takes nothing. */
  drawFromNext(amount: Credits): number | undefined {
    const grant = this.#order[this.#first];
    if (grant === undefined || grant.remaining - grant.held < amount) return undefined;
    grant.remaining = subtract(grant.remaining, amount);
    this.#touched.add(grant);
    return grant.seq;
  }

  /** Reserves the amount in burn-down order. Answers positive draws: what each grant now holds more. */
  hold(amount: Credits): Draw[] {
    const draws = this.#walk(amount, (grant, part) => {
      grant.held = add(grant.held, part);
    });
    return draws.map((draw) => ({ grant: draw.grant, amount: -draw.amount as Credits }));
  }

  /** Applies signed effects on remainders: giving back a reversal, ending one grant. */
  apply(draws: readonly Draw[]): void {
    for (const draw of draws) {
      if (draw.grant !== OVERDRAFT) this.#change(draw.grant, draw.amount, ZERO);
    }
  }

  /** Applies signed effects on the held parts: the end of a hold. */
  applyHeld(draws: readonly Draw[]): void {
    for (const draw of draws) {
      if (draw.grant !== OVERDRAFT) this.#change(draw.grant, ZERO, draw.amount);
    }
  }

  #find(seq: number): OpenGrant | undefined {
    this.#bySeq ??= new Map(this.#order.map((grant) => [grant.seq, grant]));
    return this.#bySeq.get(seq);
  }

  #change(seq: number, remaining: Credits, held: Credits): void {
    const grant = this.#find(seq);
    assert(grant !== undefined, `grant ${seq} was read before it is changed`);
    grant.remaining = add(grant.remaining, remaining);
    grant.held = add(grant.held, held);
    assert(grant.held >= 0 && grant.remaining >= grant.held, `grant ${seq} keeps 0 <= held <= remaining`);
    assert(grant.remaining <= grant.credits, `grant ${seq} never holds more than it was given`);
    this.#touched.add(grant);
    this.#first = 0;
  }

  #walk(amount: Credits, take: (grant: OpenGrant, part: Credits) => void): Draw[] {
    const draws: Draw[] = [];
    let missing = amount;
    while (missing > 0 && this.#first < this.#order.length) {
      const grant = this.#order[this.#first];
      const free = grant === undefined ? ZERO : freePart(grant);
      if (grant === undefined || free <= 0) {
        this.#first += 1;
        continue;
      }
      const part = least(free, missing);
      take(grant, part);
      this.#touched.add(grant);
      draws.push({ grant: grant.seq, amount: -part as Credits });
      missing = subtract(missing, part);
    }
    if (missing > 0) draws.push({ grant: OVERDRAFT, amount: -missing as Credits });
    return draws;
  }
}
