import type { Simulation, SimulationRequest } from '../contract/outlook';
import { add, type Credits, formatCredits, ZERO } from '../core/credits';
import { effectOnPosted } from '../core/ledger/entry';
import { RechargeSimulation } from '../core/recharge-simulation';
import { parseTerms } from '../core/recharge-terms';
import { formatInstant, type Instant } from '../core/time';
import type { EntryPosition } from '../ports/entry-query';
import type { LedgerView } from '../ports/ledger-view';
import type { Dependencies } from './dependencies';
import { movementsOf } from './movements';
import { readLedger, type Session } from './session';
import { resolveFilter } from './transaction-filter';

const PERIOD = 'last-30d';
/** Rows of the log in memory at once. */
const PAGE = 5_000;

/**
 * What a rule would have done: every movement of the log again, one by one, save for the top-ups there were, which the
 * rule takes the place of. Changes nothing.
 */
export async function simulateRule(deps: Dependencies, request: SimulationRequest): Promise<Simulation> {
  const terms = parseTerms(request, undefined, deps.maxPurchase);
  return readLedger(deps, 'recharge.read', async (view, session) => {
    const { query, range } = resolveFilter(session, { period: request.period ?? PERIOD });
    const now = session.now();
    const end = query.to === undefined || query.to > now ? now : query.to;
    const from = query.from ?? (await firstMoment(view)) ?? now;
    const opening = query.from === undefined ? ZERO : await postedBefore(view, session, query.from);
    const { calendar } = session;
    const simulation = new RechargeSimulation({
      terms,
      opening,
      from: from < end ? from : end,
      calendar,
      largestPurchase: deps.maxPurchase,
    });
    await replay(view, { from, to: end }, simulation);
    const result = simulation.result(end);
    return {
      recharges: result.recharges.map(({ at, credits, balance }) => ({
        at: formatInstant(at),
        credits: formatCredits(credits),
        balance: formatCredits(balance),
      })),
      charged: formatCredits(result.recharges.reduce((sum, each) => add(sum, each.credits), ZERO)),
      lowestBalance: formatCredits(result.lowest),
      lowestAt: formatInstant(result.lowestAt),
      daysDry: result.daysDry,
      capHits: result.stops.map(({ at, guard, credits }) => ({
        at: formatInstant(at),
        guard,
        credits: formatCredits(credits),
      })),
      opening: formatCredits(opening),
      closing: formatCredits(result.closing),
      range,
      granularity: 'every movement of the log; its own top-ups left out, all else kept',
    };
  });
}

async function firstMoment(view: LedgerView): Promise<Instant | undefined> {
  const [first] = await view.page({ order: 'asc', limit: 1 });
  return first?.occurredAt;
}

async function postedBefore(view: LedgerView, session: Session, from: Instant): Promise<Credits> {
  let posted: Credits = ZERO;
  for await (const totals of movementsOf(view, session, { to: from }, []))
    posted = totals.reduce((sum, total) => add(sum, total.amount), posted);
  return posted;
}

async function replay(view: LedgerView, span: { from: Instant; to: Instant }, simulation: RechargeSimulation) {
  for (let after: EntryPosition | undefined; ; ) {
    const query = { ...span, order: 'asc' as const, limit: PAGE };
    const page = await view.page(after === undefined ? query : { ...query, after });
    for (const entry of page) {
      const amount = effectOnPosted(entry);
      if (entry.type !== 'recharge' && amount !== 0) simulation.take({ at: entry.occurredAt, amount });
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = { occurredAt: last.occurredAt, seq: last.seq };
  }
}
