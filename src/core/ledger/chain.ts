import type { Instant } from '../time';
import type { Entry } from './entry';

/** A cryptographic digest (SHA-256 in hexadecimal) of the parts in their order. Given from outside: core does no I/O. */
export type Digest = (parts: readonly (string | Uint8Array)[]) => string;

/** One write of one organisation: who did what, when and why, what it left behind, and the seal over all of it. */
export interface Link {
  /** Counts the organisation's writes from 1, without gaps. */
  readonly number: number;
  readonly recordedAt: Instant;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  /** The records it changed, as they stood after it (of a key, its digest): JSON, exactly as stored. */
  readonly changes: string;
  readonly firstSeq: number;
  /** How many entries it posted, from `firstSeq` on. */
  readonly entries: number;
  readonly hash: string;
}

const FIELD = '\u001f';
const ROW = '\u001e';

/** The seal before the first write. */
export const GENESIS = '0'.repeat(64);

/**
 * The entry as one text, field by field: what the seal covers. Stored text cannot hold the separators (control
 * characters are refused at the door), so two different entries never give the same text.
 */
export function canonicalEntry(e: Entry): string {
  let draws = '';
  for (const draw of e.draws) draws += `${draw.grant}:${draw.amount},`;
  return `${e.seq}${FIELD}${e.type}${FIELD}${e.occurredAt}${FIELD}${e.recordedAt}${FIELD}${e.service ?? ''}${FIELD}${e.app ?? ''}${FIELD}${e.user ?? ''}${FIELD}${e.campaign ?? ''}${FIELD}${e.quantity ?? ''}${FIELD}${e.freeQuantity ?? ''}${FIELD}${e.unitPrice ?? ''}${FIELD}${e.debit ?? ''}${FIELD}${e.credit ?? ''}${FIELD}${e.amount}${FIELD}${e.balance}${FIELD}${e.memo ?? ''}${FIELD}${e.reference ?? ''}${FIELD}${e.externalId ?? ''}${FIELD}${e.actor}${FIELD}${draws}`;
}

/**
 * A 32-bit check of one canonical entry (FNV-1a), stored with the row. It proves nothing against a forger: the chain
 * does that. It lets `verify` name the very row when the chain says only that one of a batch was touched.
 */
export function rowCheck(canonical: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < canonical.length; i += 1) hash = Math.imul(hash ^ canonical.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * The seal of a write: over the seal before it, the write's own facts, and the text of every entry it posted. Entries that
 * follow one another may come as one run, as `EntryBytes` writes them.
 */
export function sealLink(
  digest: Digest,
  previous: string,
  link: Omit<Link, 'hash'>,
  canonicalEntries: readonly (string | Uint8Array)[],
): string {
  const { number, recordedAt, actor, action, subject, reason, changes, firstSeq, entries } = link;
  const what = `${actor}${FIELD}${action}${FIELD}${subject}${FIELD}${reason ?? ''}${FIELD}${changes}`;
  const facts = `${number}${FIELD}${recordedAt}${FIELD}${what}${FIELD}${firstSeq}${FIELD}${entries}`;
  // Where there are no entries, the separator stands all the same.
  const parts: (string | Uint8Array)[] = [`${previous}${ROW}${facts}${ROW}`];
  for (const entry of canonicalEntries) {
    if (parts.length > 1) parts.push(ROW);
    parts.push(entry);
  }
  return digest(parts);
}
