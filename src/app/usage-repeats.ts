import type { AskedBy, AskedEvent, LedgerView, PostedEvent } from '../ports/ledger-view';
import type { BatchEvents } from './usage-batch-events';

/** Of so many rows one is looked up ahead of a batch. */
export const SAMPLED = 128;

/**
 * Finds out which plain rows with an id were posted before, just as they are. Neighbours in a file are neighbours in the
 * log: by some that are known to stand there, the others are looked for in their places, which costs a fifth of looking
 * for their ids. What is not there is looked for by its id.
 */
export async function markRepeats(
  view: LedgerView,
  events: BatchEvents,
  some: ReadonlyMap<string, PostedEvent>,
): Promise<void> {
  await mark(view, events, 'seq', guessSeqs(events, some));
  await mark(view, events, 'key', events.columns.data.keys);
}

async function mark(view: LedgerView, events: BatchEvents, by: AskedBy, places: Float64Array): Promise<void> {
  const asked: number[] = [];
  const unposted = new Set(await view.findUnposted(by, ask(events, places, asked)));
  for (const [index, at] of asked.entries()) if (!unposted.has(index)) events.repeat(at);
}

/** Takes down which row each event is. */
function* ask(events: BatchEvents, places: Float64Array, asked: number[]): Generator<AskedEvent> {
  const { times } = events.columns.data;
  for (let at = 0; at < events.columns.length; at += 1) {
    const externalId = events.isPlain(at) ? events.columns.idOf(at) : null;
    if (externalId === null) continue;
    asked.push(at);
    yield {
      at: places[at] ?? 0,
      externalId,
      app: events.appOf(at),
      service: events.serviceOf(at),
      quantity: events.quantityOf(at),
      user: events.userOf(at),
      campaign: events.campaignOf(at),
      memo: events.memoOf(at),
      ownTime: Number.isNaN(times[at]) ? null : events.timeOf(at),
    };
  }
}

/** Where each row would stand if those after one that is known followed it without a gap. */
function guessSeqs(events: BatchEvents, some: ReadonlyMap<string, PostedEvent>): Float64Array {
  const seqs = new Float64Array(events.columns.length);
  let next = 0;
  for (let at = 0; at < seqs.length; at += 1) {
    const id = at % SAMPLED === 0 ? events.columns.idOf(at) : null;
    next = (id === null ? undefined : some.get(id)?.seq) ?? next;
    seqs[at] = next;
    if (!events.isRefused(at)) next += 1;
  }
  return seqs;
}
