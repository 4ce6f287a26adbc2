import type { VerifyCheck } from '../contract/audit';
import { add, type Credits, formatCredits, ZERO } from '../core/credits';
import { WalletError } from '../core/errors';
import type { Digest } from '../core/ledger/chain';
import { checkDayTotals, checkMonthTotals } from '../core/ledger/totals-check';
import { checkGrants, type Finding, type Recomputed } from '../core/ledger/verify';
import { utcCalendar } from '../core/time';
import { sealedKey } from '../ports/key-record';
import type { LedgerProof } from '../ports/ledger-proof';
import type { LedgerView } from '../ports/ledger-view';
import type { RecordKind } from '../ports/record-types';
import type { Dependencies } from './dependencies';
import { periodFaults } from './periods';
import { openSession, type Session } from './session';
import { textOf, type Walk, walkChain } from './verify-chain';

const RECORDS: readonly RecordKind[] = [
  'organisations',
  'cards',
  'apps',
  'services',
  'prices',
  'purchases',
  'refunds',
  'setups',
  'billing',
  'holds',
  'recharge_rules',
  'alerts',
  'tokens',
  'users',
  'leads',
  'periods',
  'invoices',
];
const MOST_SHOWN = 5;

type Verified = { ok: boolean; transactions: number; checks: readonly VerifyCheck[] };

/**
 * Proves the ledger from its log: the chain over every write, then every kept sum and record against what the log says.
 * Where no organisation is named, every organisation of the ledger. `full` also prices and draws every usage again, and
 * has the engine check its file; `provider` also compares with the processor, object by object, and throws
 * `provider_unavailable` where it can not be asked. Each finding names its row.
 */
export async function verify(deps: Dependencies, request: { full?: boolean; provider?: boolean }): Promise<Verified> {
  const session = await openSession(inAnyZone(deps), 'audit.read');
  const full = request.full === true;
  const proofs: { org: string; transactions: number; checks: readonly VerifyCheck[] }[] = [];
  const orgs = deps.org === undefined ? await session.store.organisations() : [session.org];
  for (const org of orgs) {
    const calendar = await session.deps.system.calendar(org.timeZone);
    const own = { ...session, org, calendar };
    const proof = await verifyOrganisation(own, full);
    const outside =
      request.provider === true ? await (await import('./verify-provider')).compareWithProcessor(own) : [];
    proofs.push({ org: org.name, ...proof, checks: [...proof.checks, ...outside] });
  }
  const whole = await session.store.read(session.org.number, async (view) => wholeLedger(await view.proof(), full));
  const checks = [...whole.slice(0, 2), ...mergeChecks(proofs), ...whole.slice(2)];
  const transactions = proofs.reduce((sum, proof) => sum + proof.transactions, 0);
  return { ok: checks.every((check) => check.ok), transactions, checks };
}

/** A zone that is none was put in by hand. The proof goes on without it, and says so of the organisation's record. */
function inAnyZone(deps: Dependencies): Dependencies {
  const calendar: Dependencies['system']['calendar'] = async (zone) => {
    try {
      return await deps.system.calendar(zone);
    } catch (error) {
      if (error instanceof WalletError) return utcCalendar;
      throw error;
    }
  };
  return { ...deps, system: { ...deps.system, calendar } };
}

/** What is proved once, whatever the number of organisations. */
async function wholeLedger(proof: LedgerProof, full: boolean): Promise<readonly VerifyCheck[]> {
  return [
    await toCheck('schema', () => proof.schemaFaults(), 'tables, indexes and append-only triggers stand'),
    await toCheck('rows', () => proof.strayRows(), 'every row belongs to an organisation and to its entry'),
    ...(full ? [await toCheck('file', () => proof.storageFaults(), 'the database engine finds its file sound')] : []),
  ];
}

function verifyOrganisation(session: Session, full: boolean) {
  return session.store.read(session.org.number, async (view) => {
    const proof = await view.proof();
    const walk = await walkChain(view, proof, session, full);
    const stored = await view.wallet();
    const log = walk.auditor.result();
    const checks = [
      await toCheck('chain', () => walk.chainFaults, `${walk.links} writes sealed one after another`),
      await toCheck(
        'entries',
        () => walk.auditor.findings,
        `${log.entries} entries balance and keep to the chart of accounts`,
      ),
      await toCheck(
        'balances',
        () => balanceFaults(stored, log),
        `posted ${formatCredits(stored.posted)}, held ${formatCredits(stored.held)}`,
      ),
      await toCheck(
        'grants',
        async () => [
          ...checkGrants(await proof.allGrants(), walk.auditor.grants),
          ...(await proof.mismarkedGrants()).map((id) => `the mark of ${id} does not say whether it is open`),
        ],
        'what is left of each grant is what the log says',
      ),
      await toCheck('holds', () => holdFaults(view, stored.held), 'open holds come to what is held'),
      await toCheck(
        'totals',
        async () => [
          ...checkDayTotals(await proof.dayTotals(), walk.totals.days),
          ...checkMonthTotals(await proof.monthTotals(), walk.totals.months),
        ],
        'daily and monthly totals are what the log says',
      ),
      await toCheck(
        'records',
        () => recordFaults(view, proof, walk.images, session.deps.system.digest),
        'every record is as its last change left it',
      ),
      await toCheck(
        'purchases',
        () => purchaseFaults(view, walk.purchases),
        'every purchase was credited once, or not at all',
      ),
      await toCheck(
        'periods',
        () => periodFaults(view, session),
        'every closed month has the statement that was sealed',
      ),
      await toCheck('event ids', () => proof.brokenEventIds(), 'one event id, one posting'),
    ];
    if (walk.replay !== undefined) checks.push(await replayCheck(walk.replay));
    return { transactions: walk.transactions, checks };
  });
}

function replayCheck(replay: NonNullable<Walk['replay']>): Promise<VerifyCheck> {
  return toCheck('prices and draws', () => replay.findings, 'every usage costs and draws the same again');
}

function balanceFaults(stored: Awaited<ReturnType<LedgerView['wallet']>>, log: Recomputed): readonly Finding[] {
  const findings = (['posted', 'held', 'overdrawn', 'postpaid'] as const)
    .filter((name) => stored[name] !== log[name])
    .map((name) => `${name} is kept as ${formatCredits(stored[name])} and should be ${formatCredits(log[name])}`);
  if (stored.seq !== log.seq) findings.push(`${log.seq} entries are there and ${stored.seq} were made`);
  if (stored.recordedAt !== log.recordedAt)
    findings.push(`the wallet's last write is kept as of ${stored.recordedAt} and was at ${log.recordedAt}`);
  // No command gives an organisation an overdraft; the one that will has to have its limit sealed.
  if (stored.overdraftLimit !== ZERO)
    findings.push(`the wallet's overdraft limit is kept as ${formatCredits(stored.overdraftLimit)} and none was set`);
  return findings;
}

async function holdFaults(view: LedgerView, held: Credits): Promise<readonly Finding[]> {
  const open = await view.records.holds.list({ state: 'open' });
  let sum: Credits = ZERO;
  for (const hold of open) sum = add(sum, hold.credits);
  for (const refund of await view.openRefunds()) sum = add(sum, refund.credits);
  return sum === held ? [] : [`open holds come to ${formatCredits(sum)} and ${formatCredits(held)} is held`];
}

async function recordFaults(
  view: LedgerView,
  proof: LedgerProof,
  images: ReadonlyMap<string, string>,
  digest: Digest,
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
  compare('ledger', '1', await proof.info());
  for (const kind of RECORDS) {
    for (const record of await recordsOfOrg(view, kind)) compare(kind, record.id, record);
  }
  for (const grant of await proof.allGrants()) {
    const { seq, id, kind, credits, priority, expiresAt, source, createdAt } = grant;
    compare('grants', id, { seq, id, kind, credits, priority, expiresAt, source, createdAt });
  }
  for (const key of await proof.keys()) compare('idempotency_keys', key.key, sealedKey(key, digest));
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

/** A check that can not even be made, because what it reads was spoiled, has found something. */
async function toCheck(
  name: string,
  find: () => readonly Finding[] | Promise<readonly Finding[]>,
  sound: string,
): Promise<VerifyCheck> {
  const findings = await Promise.resolve()
    .then(find)
    .catch((error: unknown) => [textOf(error)]);
  const shown = findings.slice(0, MOST_SHOWN).join('; ');
  const more = findings.length > MOST_SHOWN ? `; and ${findings.length - MOST_SHOWN} more` : '';
  return { name, ok: findings.length === 0, detail: findings.length === 0 ? sound : `${shown}${more}` };
}

/** One line for each check: of one organisation as it is, of several each under its name, the failed ones alone. */
function mergeChecks(proofs: readonly { org: string; checks: readonly VerifyCheck[] }[]): readonly VerifyCheck[] {
  const [first, ...others] = proofs;
  if (first === undefined || others.length === 0) return first?.checks ?? [];
  return first.checks.map(({ name }, index) => {
    const all = proofs.flatMap(({ org, checks }) => {
      const check = checks[index];
      return check === undefined ? [] : [{ ok: check.ok, text: `${org}: ${check.detail}` }];
    });
    const failed = all.filter((each) => !each.ok);
    const told = failed.length > 0 ? failed : all;
    return { name, ok: failed.length === 0, detail: told.map((each) => each.text).join('; ') };
  });
}
