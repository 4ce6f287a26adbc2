import type { Grant } from '../credit/grant';
import { add, type Credits, formatCredits, ZERO } from '../credits';
import type { Instant } from '../time';
import { canonicalEntry, rowCheck } from './chain';
import { mayFace } from './chart';
import { type Entry, effectOnHeld, effectOnPosted, effectOnPostpaid, OVERDRAFT } from './entry';

/** What is wrong, in words that name the row. */
export type Finding = string;

/** What the log alone says the wallet must be. */
export interface Recomputed {
  readonly posted: Credits;
  readonly held: Credits;
  readonly overdrawn: Credits;
  readonly postpaid: Credits;
  readonly seq: number;
  /** When the last entry was written; 0 before the first. */
  readonly recordedAt: Instant;
  readonly entries: number;
}

/** What the log says is left of a grant. */
interface Remainder {
  remaining: Credits;
  held: Credits;
}

/**
 * Walks the log once, in posting order, and recomputes from each entry what was kept: balances, what is left of each
 * grant, the running balance. It trusts no stored sum. The first findings of each kind are kept, each naming its row.
 */
export class LedgerAuditor {
  readonly grants = new Map<number, Remainder>();
  readonly findings: Finding[] = [];
  readonly #nameOf: (entry: Entry) => string;
  #posted: Credits = ZERO;
  #held: Credits = ZERO;
  #overdrawn: Credits = ZERO;
  #postpaid: Credits = ZERO;
  #seq = 0;
  #recordedAt = 0 as Instant;
  #entries = 0;

  constructor(nameOf: (entry: Entry) => string) {
    this.#nameOf = nameOf;
  }

  /** Takes the next entry; answers its canonical text for the chain. */
  take(entry: Entry, check: number): string {
    const canonical = canonicalEntry(entry);
    this.#entries += 1;
    const missing = entry.seq - this.#seq - 1;
    if (missing > 0) this.#report(entry, `${missing} entries before it are missing`);
    if (missing < 0) this.#report(entry, `no entry can stand at ${entry.seq}`);
    this.#seq = entry.seq;
    this.#recordedAt = entry.recordedAt;
    if (rowCheck(canonical) !== check) this.#report(entry, 'its row was changed after it was written');
    this.#checkTransfer(entry);
    this.#posted = add(this.#posted, effectOnPosted(entry));
    this.#held = add(this.#held, effectOnHeld(entry));
    this.#postpaid = add(this.#postpaid, effectOnPostpaid(entry));
    if (entry.balance !== this.#posted) {
      this.#report(
        entry,
        `its balance is ${formatCredits(entry.balance)} and should be ${formatCredits(this.#posted)}`,
      );
    }
    this.#applyDraws(entry);
    return canonical;
  }

  result(): Recomputed {
    return {
      posted: this.#posted,
      held: this.#held,
      overdrawn: this.#overdrawn,
      postpaid: this.#postpaid,
      seq: this.#seq,
      recordedAt: this.#recordedAt,
      entries: this.#entries,
    };
  }

  #checkTransfer(entry: Entry): void {
    const { debit, credit, amount } = entry;
    const moves = debit !== null && credit !== null;
    if (moves !== amount > 0) this.#report(entry, 'its amount and its accounts do not go together');
    else if (moves && (debit === credit || !isPermitted(entry.type, debit, credit))) {
      this.#report(entry, `a ${entry.type} may not debit account ${debit} and credit account ${credit}`);
    }
  }

  #applyDraws(entry: Entry): void {
    const held = effectOnHeld(entry) !== 0;
    let sum: Credits = ZERO;
    for (const draw of entry.draws) {
      sum = add(sum, draw.amount);
      if (draw.grant === OVERDRAFT) {
        if (!held) this.#overdrawn = add(this.#overdrawn, -draw.amount as Credits);
        continue;
      }
      const remainder = this.grants.get(draw.grant) ?? { remaining: ZERO, held: ZERO };
      if (held) remainder.held = add(remainder.held, draw.amount);
      else remainder.remaining = add(remainder.remaining, draw.amount);
      this.grants.set(draw.grant, remainder);
    }
    const effect = held ? effectOnHeld(entry) : effectOnPosted(entry);
    if (sum !== effect)
      this.#report(entry, `its draws come to ${formatCredits(sum)} and should come to ${formatCredits(effect)}`);
  }

  #report(entry: Entry, what: string): void {
    if (this.findings.length < 20) this.findings.push(`${this.#nameOf(entry)}: ${what}`);
  }
}

function isPermitted(type: Entry['type'], debit: number, credit: number): boolean {
  try {
    return mayFace(type, debit, credit);
  } catch {
    // An account or a type that the chart does not know is as wrong as a forbidden pair.
    return false;
  }
}

/** Compares the stored grants with what the log says of them. */
export function checkGrants(stored: readonly Grant[], recomputed: ReadonlyMap<number, Remainder>): readonly Finding[] {
  const findings: Finding[] = [];
  const known = new Set<number>();
  for (const grant of stored) {
    known.add(grant.seq);
    const should = recomputed.get(grant.seq) ?? { remaining: ZERO, held: ZERO };
    if (grant.remaining !== should.remaining) {
      findings.push(
        `${grant.id}: ${formatCredits(grant.remaining)} remain and ${formatCredits(should.remaining)} should`,
      );
    }
    if (grant.held !== should.held) {
      findings.push(`${grant.id}: ${formatCredits(grant.held)} are held and ${formatCredits(should.held)} should be`);
    }
  }
  for (const seq of recomputed.keys()) {
    if (!known.has(seq)) findings.push(`the grant opened by entry ${seq} is missing`);
  }
  return findings;
}
