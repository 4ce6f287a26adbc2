import type { Credits } from '../../src/core/credits';

/**
 * The ledger once more, as simply as it can be said: every unit priced by itself, every sum added up anew, no totals,
 * no journal. Shares nothing with the product but the type of money. Slow, and meant to be.
 */
export interface NaiveGrant {
  readonly kind: 'purchased' | 'promotional';
  readonly credits: number;
  readonly priority: number;
  readonly expires: number;
  readonly created: number;
  remaining: number;
  held: number;
}
export interface NaiveHold {
  readonly app: string;
  readonly service: string;
  readonly quantity: number | null;
  readonly credits: number;
  readonly expires: number;
  readonly parts: [grant: number, amount: number][];
  state: 'open' | 'captured' | 'released' | 'expired';
}
/** One unit of usage: what it cost, and whether it came out of the free quota. */
type Unit = { readonly cost: number; readonly free: boolean };
export interface NaiveUse {
  readonly app: string;
  readonly service: string;
  readonly postpaid: boolean;
  /** Units that stand. */
  readonly units: Unit[];
  /** What was drawn and not given back, in order. */
  readonly parts: [grant: number, amount: number][];
}
export interface NaiveTerms {
  readonly from: number;
  readonly tiers: readonly (readonly [from: number, price: number])[];
  readonly quota: number;
  readonly postpaid: boolean;
}
type Counted = { kind: 'service' | 'app'; name: string; month: string; quantity: number; free: number; spent: number };

/** A refusal, by its code. */
export class Refusal extends Error {}

export class NaiveLedger {
  grants: NaiveGrant[] = [];
  holds: NaiveHold[] = [];
  uses: NaiveUse[] = [];
  terms: Record<string, NaiveTerms[]> = {};
  limits: Record<string, { monthly: number; block: boolean }> = {};
  counted: Counted[] = [];
  invoiced = 0;
  /** When something was last written. */
  written = 0;

  get posted(): Credits {
    return sum(this.grants.map((grant) => grant.remaining)) as Credits;
  }
  get held(): Credits {
    return sum(this.holds.map((hold) => (hold.state === 'open' ? hold.credits : 0))) as Credits;
  }

  /** Holds that are over give back; then what is free of lapsed grants is gone. */
  settle(at: number): void {
    const due = this.holds.filter((hold) => hold.state === 'open' && hold.expires <= at);
    for (const hold of due) this.end(hold, 'expired');
    if (due.length > 0) this.written = at;
    this.lapse(at);
  }
  lapse(at: number): void {
    for (const grant of this.grants) {
      if (grant.expires > at || grant.remaining === grant.held) continue;
      grant.remaining = grant.held;
      this.written = at;
    }
  }
  copy(): NaiveLedger {
    return Object.assign(new NaiveLedger(), structuredClone({ ...this }));
  }

  bring(kind: NaiveGrant['kind'], credits: number, created: number, priority = 100, expires = Infinity): void {
    this.grants.push({ kind, credits, priority, expires, created, remaining: credits, held: 0 });
  }

  /** Micro-credit by micro-credit would do; grant by grant, in burn-down order, is the same. */
  take(amount: number, from: (grant: NaiveGrant, part: number) => void): [number, number][] {
    if (amount > this.posted - this.held) throw new Refusal('insufficient_credits');
    const rank = (g: NaiveGrant) => [
      g.priority,
      g.expires,
      g.kind === 'promotional' ? 0 : 1,
      g.created,
      this.grants.indexOf(g),
    ];
    const order = [...this.grants].sort((a, b) => {
      const [x, y] = [rank(a), rank(b)];
      const at = x.findIndex((value, i) => value !== y[i]);
      return at < 0 ? 0 : (x[at] ?? 0) < (y[at] ?? 0) ? -1 : 1;
    });
    const parts: [number, number][] = [];
    for (const grant of order) {
      const part = Math.min(amount - sum(parts.map(([, size]) => size)), grant.remaining - grant.held);
      if (part <= 0) continue;
      from(grant, part);
      parts.push([this.grants.indexOf(grant), part]);
    }
    return parts;
  }
  spend(amount: number): [number, number][] {
    return this.take(amount, (grant, part) => {
      grant.remaining -= part;
    });
  }

  /** Each unit on its own: free while the month's quota lasts, else by the tier of its number in the month. */
  price(service: string, quantity: number, at: number, month: string): { units: Unit[]; postpaid: boolean } {
    const terms = (this.terms[service] ?? [])
      .filter((t) => t.from <= at)
      .reduce((best, t) => (t.from >= best.from ? t : best));
    const before = this.counter('service', service, month);
    const units: Unit[] = [];
    for (let i = 0; i < quantity; i += 1) {
      const free = before.free + units.filter((unit) => unit.free).length < terms.quota;
      const price = terms.tiers.filter(([from]) => from === 0 || before.quantity + i >= from).at(-1)?.[1] ?? 0;
      units.push({ cost: free ? 0 : price, free });
    }
    return { units, postpaid: terms.postpaid };
  }

  checkLimit(app: string, month: string, cost: number): void {
    const limit = this.limits[app];
    const held = sum(this.holds.map((hold) => (hold.app === app && hold.state === 'open' ? hold.credits : 0)));
    if (limit?.block && cost > 0 && this.counter('app', app, month).spent + held + cost > limit.monthly)
      throw new Refusal('budget_exceeded');
  }

  use(app: string, service: string, quantity: number, at: number, month: string): void {
    const { units, postpaid } = this.price(service, quantity, at, month);
    const cost = sum(units.map((unit) => unit.cost));
    this.checkLimit(app, month, cost);
    const parts = postpaid ? [] : this.spend(cost);
    if (postpaid) this.invoiced += cost;
    this.uses.push({ app, service, postpaid, units, parts });
    this.count(app, service, month, units, 1);
  }

  reverse(use: NaiveUse, quantity: number, at: number, month: string): void {
    if (quantity > use.units.length || quantity === 0) throw new Refusal('invalid_state');
    const units = use.units.splice(-quantity);
    let missing = sum(units.map((unit) => unit.cost));
    this.count(use.app, use.service, month, units, -1);
    if (use.postpaid) this.invoiced -= missing;
    let homeless = 0;
    while (!use.postpaid && missing > 0) {
      const last = use.parts.at(-1) as [number, number];
      const part = Math.min(last[1], missing);
      const grant = this.grants[last[0]] as NaiveGrant;
      if (grant.expires <= at) homeless += part;
      else grant.remaining += part;
      missing -= part;
      last[1] -= part;
      if (last[1] === 0) use.parts.pop();
    }
    if (homeless > 0) this.bring('promotional', homeless, at);
  }

  hold(hold: Omit<NaiveHold, 'parts' | 'state'>, month: string): void {
    this.checkLimit(hold.app, month, hold.credits);
    const parts = this.take(hold.credits, (grant, part) => {
      grant.held += part;
    });
    this.holds.push({ ...hold, parts, state: 'open' });
  }
  end(hold: NaiveHold, state: NaiveHold['state']): void {
    if (hold.state !== 'open') throw new Refusal('invalid_state');
    for (const [grant, part] of hold.parts) (this.grants[grant] as NaiveGrant).held -= part;
    hold.state = state;
  }
  capture(hold: NaiveHold, quantity: number, overflow: boolean, at: number, month: string): void {
    if (hold.state !== 'open') throw new Refusal('invalid_state');
    const { units, postpaid } = this.price(hold.service, quantity, at, month);
    const cost = sum(units.map((unit) => unit.cost));
    const reserved = postpaid ? 0 : Math.min(cost, hold.credits);
    const excess = cost - reserved;
    const isMore = postpaid ? quantity > (hold.quantity ?? quantity) : excess > 0;
    if (isMore && !overflow) throw new Refusal('invalid_state');
    this.checkLimit(hold.app, month, excess);
    if (!postpaid && excess > this.posted - this.held) throw new Refusal('insufficient_credits');
    this.end(hold, 'captured');
    const parts: [number, number][] = [];
    for (const [grant, size] of hold.parts) {
      const part = Math.min(size, reserved - sum(parts.map(([, each]) => each)));
      (this.grants[grant] as NaiveGrant).remaining -= part;
      if (part > 0) parts.push([grant, part]);
    }
    for (const [grant, part] of excess > 0 && !postpaid ? this.spend(excess) : []) {
      const same = parts.find(([each]) => each === grant);
      if (same === undefined) parts.push([grant, part]);
      else same[1] += part;
    }
    if (postpaid) this.invoiced += cost;
    this.uses.push({ app: hold.app, service: hold.service, postpaid, units, parts });
    this.count(hold.app, hold.service, month, units, 1);
  }

  private count(app: string, service: string, month: string, units: readonly Unit[], sign: 1 | -1): void {
    for (const counter of [this.counter('service', service, month), this.counter('app', app, month)]) {
      counter.quantity += sign * units.length;
      counter.free += sign * units.filter((unit) => unit.free).length;
      counter.spent += sign * sum(units.map((unit) => unit.cost));
    }
  }
  private counter(kind: Counted['kind'], name: string, month: string): Counted {
    const found = this.counted.find((each) => each.kind === kind && each.name === name && each.month === month);
    if (found !== undefined) return found;
    const counter = { kind, name, month, quantity: 0, free: 0, spent: 0 };
    this.counted.push(counter);
    return counter;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
