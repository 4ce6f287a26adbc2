import type { Credits } from '../core/credits';
import { transactionId } from '../core/ids';
import { canonicalEntry, GENESIS, type Link, sealLink } from '../core/ledger/chain';
import { isTransaction } from '../core/ledger/entry';
import { Replay } from '../core/ledger/replay';
import { TotalsCounter } from '../core/ledger/totals';
import { type Finding, LedgerAuditor } from '../core/ledger/verify';
import type { Instant } from '../core/time';
import type { LedgerProof, StoredEntry } from '../ports/ledger-proof';
import type { LedgerView } from '../ports/ledger-view';
import { SETTINGS_KINDS } from '../ports/record-types';
import type { Session } from './session';

const PAGE = 5_000;
/** Rows are numbered from 1; what was put in by hand may stand before that. */
const BEFORE_ALL = Number.MIN_SAFE_INTEGER;
const MOST_FINDINGS = 20;
const SETTINGS: ReadonlySet<string> = new Set(SETTINGS_KINDS);

/** What one walk over the log has found out. */
export interface Walk {
  readonly auditor: LedgerAuditor;
  readonly totals: TotalsCounter;
  readonly replay: Replay | undefined;
  /** The last state of each record, as the chain has it: JSON by `kind/id`. */
  readonly images: Map<string, string>;
  /** What each purchase brought in: entry number and amount, by purchase. */
  readonly purchases: Map<string, { seq: number; amount: Credits }>;
  readonly chainFaults: Finding[];
  readonly nameOf: (entry: { recordedAt: Instant; seq: number }) => string;
  links: number;
  /** The last write that changed a setting. */
  settings: { readonly number: number; readonly seal: string };
  transactions: number;
}

/** Walks links and entries side by side, so that the whole log passes through memory once, a page at a time. */
export async function walkChain(
  view: LedgerView,
  proof: LedgerProof,
  { org, calendar, deps }: Session,
  full: boolean,
): Promise<Walk> {
  const nameOf: Walk['nameOf'] = (entry) => transactionId(entry.recordedAt, entry.seq, org.tag);
  const walk: Walk = {
    auditor: new LedgerAuditor(nameOf),
    totals: new TotalsCounter(calendar),
    replay: full ? new Replay(calendar, nameOf) : undefined,
    images: new Map(),
    purchases: new Map(),
    chainFaults: [],
    nameOf,
    links: 0,
    settings: { number: 0, seal: GENESIS },
    transactions: 0,
  };
  const entries = new EntryReader(proof);
  let previous = GENESIS;
  for (let after = BEFORE_ALL; ; ) {
    const links = await view.links({ order: 'asc', limit: PAGE, after });
    for (const link of links) {
      const canonical = await walkLink(walk, entries, link);
      const { hash, ...facts } = link;
      if (sealLink(deps.system.digest, previous, facts, canonical) !== hash) reportSeal(walk, link);
      previous = hash;
    }
    const last = links.at(-1);
    if (last === undefined) break;
    after = last.number;
  }
  await checkEnd(walk, entries, proof, previous);
  return walk;
}

/** Takes one write: its place, the records it left, its entries. Answers their text for the seal. */
async function walkLink(walk: Walk, reader: EntryReader, link: Link): Promise<readonly string[]> {
  if (link.number !== walk.links + 1) reportGap(walk, link);
  walk.links = link.number;
  const changes = parseChanges(link.changes);
  for (const change of changes) walk.images.set(`${change.record}/${change.id}`, JSON.stringify(change.value));
  if (changes.some(({ record }) => SETTINGS.has(record))) walk.settings = { number: link.number, seal: link.hash };
  walk.replay?.takeChanges(changes);
  const canonical: string[] = [];
  for (const stored of await reader.take(link.firstSeq, link.entries)) canonical.push(takeEntry(walk, stored));
  return canonical;
}

function takeEntry(walk: Walk, { entry, check }: StoredEntry): string {
  let canonical: string | undefined;
  try {
    canonical = walk.auditor.take(entry, check);
    walk.totals.take(entry);
    walk.replay?.take(entry);
  } catch (error) {
    // What nobody could have posted can not always be counted; it is a finding like any other.
    walk.chainFaults.push(`${walk.nameOf(entry)}: it can not be counted: ${textOf(error)}`);
  }
  if (isTransaction(entry.type)) walk.transactions += 1;
  if (entry.type === 'purchase' || entry.type === 'recharge' || entry.type === 'payment')
    walk.purchases.set(entry.reference ?? '', { seq: entry.seq, amount: entry.amount });
  return canonical ?? canonicalEntry(entry);
}

function reportGap(walk: Walk, link: Link): void {
  const missing = link.number - walk.links - 1;
  const what = missing > 0 ? `${missing} writes before it are missing` : 'no write can stand there';
  walk.chainFaults.push(`${nameOfLink(link)}: ${what}`);
}

function reportSeal(walk: Walk, link: Link): void {
  if (walk.chainFaults.length >= MOST_FINDINGS) return;
  const range = link.entries === 0 ? '' : `, entries ${link.firstSeq} to ${link.firstSeq + link.entries - 1}`;
  walk.chainFaults.push(`${nameOfLink(link)}${range}: its seal does not fit what it sealed`);
}

function nameOfLink(link: Link): string {
  const at = new Date(link.recordedAt);
  // A time that was tampered with may be none.
  return `write ${link.number} (${link.action} at ${Number.isNaN(at.getTime()) ? link.recordedAt : at.toISOString()})`;
}

async function checkEnd(walk: Walk, reader: EntryReader, proof: LedgerProof, last: string): Promise<void> {
  const head = await proof.head();
  if (head.links !== walk.links) walk.chainFaults.push(`${walk.links} writes are there and ${head.links} were made`);
  else if (walk.links > 0 && head.hash !== last)
    walk.chainFaults.push(`the last seal of write ${walk.links} is not the one that was kept`);
  if (walk.links > 0 && head.settingsSeal !== walk.settings.seal)
    walk.chainFaults.push(
      `the seal of write ${walk.settings.number}, the last that changed a setting, is not the one that was kept`,
    );
  for (const stored of await reader.rest()) {
    takeEntry(walk, stored);
    walk.chainFaults.push(`${walk.nameOf(stored.entry)}: entry ${stored.entry.seq} belongs to no write`);
  }
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Hands out entries by their numbers, reading ahead a page at a time. */
class EntryReader {
  readonly #proof: LedgerProof;
  #buffer: readonly StoredEntry[] = [];
  #at = 0;
  #after = BEFORE_ALL;

  constructor(proof: LedgerProof) {
    this.#proof = proof;
  }

  /** The entries of one write: those stored under its numbers. */
  async take(first: number, count: number): Promise<readonly StoredEntry[]> {
    const taken: StoredEntry[] = [];
    const end = first + count;
    while (count > 0) {
      if (this.#at >= this.#buffer.length && !(await this.#fill())) break;
      const next = this.#buffer[this.#at];
      if (next === undefined || next.entry.seq >= end) break;
      taken.push(next);
      this.#at += 1;
    }
    return taken;
  }

  /** What is left after the last write: a few at most. */
  async rest(): Promise<readonly StoredEntry[]> {
    const left = this.#buffer.slice(this.#at);
    if (left.length > 0) return left.slice(0, MOST_FINDINGS);
    return (await this.#fill()) ? this.#buffer.slice(0, MOST_FINDINGS) : [];
  }

  async #fill(): Promise<boolean> {
    this.#buffer = await this.#proof.entries(this.#after, PAGE);
    this.#at = 0;
    this.#after = this.#buffer.at(-1)?.entry.seq ?? this.#after;
    return this.#buffer.length > 0;
  }
}

type Change = { record: string; id: string; value: unknown };

function parseChanges(text: string): readonly Change[] {
  try {
    const changes: unknown = JSON.parse(text);
    return Array.isArray(changes) ? changes.filter((change) => typeof change === 'object' && change !== null) : [];
  } catch {
    // The seal over the text says that it was altered; nothing can be read from it.
    return [];
  }
}
