import type { VerifyCheck } from '../contract/objects';
import { add, type Credits, formatCredits, ZERO } from '../core/credits';
import { transactionId } from '../core/ids';
import { GENESIS, type Link, sealLink } from '../core/ledger/chain';
import { isTransaction } from '../core/ledger/entry';
import { Replay } from '../core/ledger/replay';
import { checkDayTotals, checkMonthTotals, TotalsCounter } from '../core/ledger/totals';
import { checkGrants, type Finding, LedgerAuditor } from '../core/ledger/verify';
import type { LedgerProof, LedgerView, RecordKind, StoredEntry } from '../ports/store';
import type { Dependencies } from './dependencies';
import { readLedger, type Session } from './session';

const PAGE = 5_000;
const RECORDS: readonly RecordKind[] = ['organisations', 'cards', 'apps', 'services', 'prices', 'purchases', 'holds'];

type Verified = { ok: boolean; transactions: number; checks: readonly VerifyCheck[] };

/**
 * Proves the ledger from its log: the chain over every write, then every kept sum and record against what the log says.
 * `full` also prices and draws every usage again, and has the engine check its file. Each finding names its row.
 */
export async function verify(deps: Dependencies, request: { full?: boolean }): Promise<Verified> {
  return readLedger(deps, 'audit.read', async (view, session) => {
    const proof = view.proof();
    const walk = await walkChain(view, proof, session, request.full === true);
    const stored = await view.wallet();
    const recomputed = walk.auditor.result();
    const checks = [
      toCheck('schema', await proof.schemaFaults(), 'tables, indexes and append-only triggers stand'),
      toCheck('chain', walk.chainFaults, `${walk.links} writes sealed one after another`),
      toCheck(
        'entries',
        walk.auditor.findings,
        `${recomputed.entries} entries balance and keep to the chart of accounts`,
      ),
      toCheck(
        'balances',
        balanceFaults(stored, recomputed),
        `posted ${formatCredits(stored.posted)}, held ${formatCredits(stored.held)}`,
      ),
      toCheck(
        'grants',
        checkGrants(await proof.allGrants(), walk.auditor.grants),
        'what is left of each grant is what the log says',
      ),
      toCheck('holds', await holdFaults(view, stored.held), 'open holds come to what is held'),
      toCheck(
        'totals',
        [
          ...checkDayTotals(await proof.dayTotals(), walk.totals.days),
          ...checkMonthTotals(await proof.monthTotals(), walk.totals.months),
        ],
        'daily and monthly totals are what the log says',
      ),
      toCheck('records', await recordFaults(view, proof, walk.images), 'every record is as its last change left it'),
      toCheck(
        'purchases',
        await purchaseFaults(view, walk.purchases),
        'every purchase was credited once, or not at all',
      ),
      toCheck('event ids', await proof.brokenEventIds(), 'one event id, one posting'),
    ];
    if (request.full === true) {
      checks.push(
        toCheck('prices and draws', walk.replay?.findings ?? [], 'every usage costs and draws the same again'),
      );
      checks.push(toCheck('file', await proof.storageFaults(), 'the database engine finds its file sound'));
    }
    return { ok: checks.every((check) => check.ok), transactions: walk.transactions, checks };
  });
}

interface Walk {
  readonly auditor: LedgerAuditor;
  readonly totals: TotalsCounter;
  readonly replay: Replay | undefined;
  /** The last state of each record, as the chain has it: JSON by `kind/id`. */
  readonly images: Map<string, string>;
  /** What each purchase brought in: entry number and amount, by purchase. */
  readonly purchases: Map<string, { seq: number; amount: Credits }>;
  readonly chainFaults: Finding[];
  links: number;
  transactions: number;
}

/** Walks links and entries side by side, so that the whole log passes through memory once, a page at a time. */
async function walkChain(view: LedgerView, proof: LedgerProof, session: Session, full: boolean): Promise<Walk> {
  const nameOf = (entry: { recordedAt: Parameters<typeof transactionId>[0]; seq: number }) =>
    transactionId(entry.recordedAt, entry.seq, session.org.tag);
  const walk: Walk = {
    auditor: new LedgerAuditor(nameOf),
    totals: new TotalsCounter(session.calendar),
    replay: full ? new Replay(session.calendar, nameOf) : undefined,
    images: new Map(),
    purchases: new Map(),
    chainFaults: [],
    links: 0,
    transactions: 0,
  };
  const entries = new EntryReader(proof);
  let previous = GENESIS;
  for (let after = 0; ; ) {
    const links = await view.links({ order: 'asc', limit: PAGE, after });
    for (const link of links) {
      await checkLink(walk, entries, link, previous, session);
      previous = link.hash;
    }
    const last = links.at(-1);
    if (last === undefined) break;
    after = last.number;
  }
  await checkEnd(walk, entries, proof, previous);
  return walk;
}

async function checkLink(
  walk: Walk,
  reader: EntryReader,
  link: Link,
  previous: string,
  session: Session,
): Promise<void> {
  const name = `write ${link.number} (${link.action} at ${new Date(link.recordedAt).toISOString()})`;
  if (link.number !== walk.links + 1)
    walk.chainFaults.push(`${name}: ${link.number - walk.links - 1} writes before it are missing`);
  walk.links = link.number;
  const changes = parseChanges(link.changes);
  for (const change of changes) walk.images.set(`${change.record}/${change.id}`, JSON.stringify(change.value));
  walk.replay?.takeChanges(changes);
  const canonical: string[] = [];
  for (const { entry, check } of await reader.take(link.firstSeq, link.entries)) {
    canonical.push(walk.auditor.take(entry, check));
    walk.totals.take(entry);
    walk.replay?.take(entry);
    if (isTransaction(entry.type)) walk.transactions += 1;
    if (entry.type === 'purchase' || entry.type === 'recharge')
      walk.purchases.set(entry.reference ?? '', { seq: entry.seq, amount: entry.amount });
  }
  const { hash, ...facts } = link;
  if (sealLink(session.deps.system.digest, previous, facts, canonical) === hash) return;
  const range = link.entries === 0 ? '' : `, entries ${link.firstSeq} to ${link.firstSeq + link.entries - 1}`;
  if (walk.chainFaults.length < 20) walk.chainFaults.push(`${name}${range}: its seal does not fit what it sealed`);
}

async function checkEnd(walk: Walk, reader: EntryReader, proof: LedgerProof, last: string): Promise<void> {
  const head = await proof.head();
  if (head.links !== walk.links) walk.chainFaults.push(`${walk.links} writes are there and ${head.links} were made`);
  else if (walk.links > 0 && head.hash !== last)
    walk.chainFaults.push(`the last seal of write ${walk.links} is not the one that was kept`);
  for (const { entry, check } of await reader.rest()) {
    walk.auditor.take(entry, check);
    walk.chainFaults.push(`entry ${entry.seq} belongs to no write`);
  }
}

/** Hands out entries by their numbers, reading ahead a page at a time. */
class EntryReader {
  readonly #proof: LedgerProof;
  #buffer: readonly StoredEntry[] = [];
  #at = 0;
  #after = 0;

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
    return left.length > 0 ? left.slice(0, 20) : (await this.#fill()) ? this.#buffer.slice(0, 20) : [];
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
    return Array.isArray(changes) ? changes : [];
  } catch {
    // The seal over the text says that it was altered; nothing can be read from it.
    return [];
  }
}

function balanceFaults(
  stored: { posted: Credits; held: Credits; overdrawn: Credits; postpaid: Credits; seq: number },
  log: ReturnType<LedgerAuditor['result']>,
): readonly Finding[] {
  const amounts = (['posted', 'held', 'overdrawn', 'postpaid'] as const)
    .filter((name) => stored[name] !== log[name])
    .map((name) => `${name} is kept as ${formatCredits(stored[name])} and should be ${formatCredits(log[name])}`);
  return stored.seq === log.seq ? amounts : [...amounts, `${log.seq} entries are there and ${stored.seq} were made`];
}

async function holdFaults(view: LedgerView, held: Credits): Promise<readonly Finding[]> {
  const open = await view.records.holds.list({ state: 'open' });
  let sum: Credits = ZERO;
  for (const hold of open) sum = add(sum, hold.credits);
  return sum === held ? [] : [`open holds come to ${formatCredits(sum)} and ${formatCredits(held)} is held`];
}

async function recordFaults(
  view: LedgerView,
  proof: LedgerProof,
  images: ReadonlyMap<string, string>,
): Promise<readonly Finding[]> {
  const seen = new Set<string>();
  const findings: Finding[] = [];
  const compare = (kind: string, id: string, value: unknown) => {
    const key = `${kind}/${id}`;
    seen.add(key);
    const image = images.get(key);
    if (image === undefined) findings.push(`${kind} ${id} was added by hand`);
    else if (image !== JSON.stringify(value)) findings.push(`${kind} ${id} is not as its last change left it`);
  };
  for (const kind of RECORDS) {
    for (const record of await recordsOfOrg(view, kind)) compare(kind, record.id, record);
  }
  for (const grant of await proof.allGrants()) {
    const { seq, id, kind, credits, priority, expiresAt, source, createdAt } = grant;
    compare('grants', id, { seq, id, kind, credits, priority, expiresAt, source, createdAt });
  }
  for (const key of await proof.keys()) compare('idempotency_keys', key.key, key);
  for (const key of images.keys()) if (!seen.has(key)) findings.push(`${key.replace('/', ' ')} was removed by hand`);
  return findings;
}

function recordsOfOrg(view: LedgerView, kind: RecordKind): Promise<readonly { id: string }[]> {
  return view.records[kind].list();
}

async function purchaseFaults(
  view: LedgerView,
  credited: ReadonlyMap<string, { seq: number; amount: Credits }>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const settled = new Set<string>();
  for (const purchase of await view.records.purchases.list()) {
    const entry = credited.get(purchase.id);
    if (purchase.state === 'succeeded') settled.add(purchase.id);
    if ((purchase.state === 'succeeded') !== (entry !== undefined))
      findings.push(
        `${purchase.id} is ${purchase.state}, and its credits are ${entry === undefined ? 'not in' : 'in'} the log`,
      );
    else if (entry !== undefined && (entry.amount !== purchase.credits || entry.seq !== purchase.entry))
      findings.push(`${purchase.id} and entry ${entry.seq} do not say the same`);
  }
  for (const id of credited.keys())
    if (!settled.has(id)) findings.push(`credits of ${id} are in the log without a settled purchase`);
  return findings;
}

function toCheck(name: string, findings: readonly Finding[], sound: string): VerifyCheck {
  const shown = findings.slice(0, 5).join('; ');
  const more = findings.length > 5 ? `; and ${findings.length - 5} more` : '';
  return { name, ok: findings.length === 0, detail: findings.length === 0 ? sound : `${shown}${more}` };
}
