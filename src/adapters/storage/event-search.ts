import { eventKey } from '../../core/ledger/event-key';
import type { AskedBy, AskedEvent, PostedEvent } from '../../ports/ledger-view';
import { EVENT_COLUMNS, toPostedEvent } from './entry-rows';
import { tableIn } from './in-lists';
import type { SqlConnection, SqlValue } from './sql-driver';

const IS_SAME = `t.external_id = ? AND t.app = ? AND t.service = ? AND t.quantity = ?
  AND t.user_name IS NOT DISTINCT FROM ? AND t.campaign IS NOT DISTINCT FROM ? AND t.memo IS NOT DISTINCT FROM ?
  AND t.occurred_at = coalesce(?, t.occurred_at) AND t.reference IS NULL`;

const SAME_EVENT: Readonly<Record<AskedBy, string>> = {
  seq: `SELECT 1 FROM transactions t WHERE t.org = ? AND t.seq = ? AND ${IS_SAME}`,
  key: `SELECT 1 FROM event_ids e JOIN transactions t ON t.org = e.org AND t.seq = e.seq
    WHERE e.org = ? AND e.id_key = ? AND ${IS_SAME}`,
};

/** Which of the events were not found in the log as they are, by their places. */
export function findUnposted(
  connection: SqlConnection,
  org: number,
  by: AskedBy,
  events: Iterable<AskedEvent>,
): Promise<readonly number[]> {
  return connection.unmatched(SAME_EVENT[by], rowsOf(org, events));
}

function* rowsOf(org: number, events: Iterable<AskedEvent>): Generator<readonly SqlValue[]> {
  for (const e of events)
    yield [org, e.at, e.externalId, e.app, e.service, e.quantity, e.user, e.campaign, e.memo, e.ownTime];
}

/** Which of the event ids are taken in an organisation's ledger, and by what. */
export async function findEvents(
  connection: SqlConnection,
  org: number,
  externalIds: readonly string[],
): Promise<ReadonlyMap<string, PostedEvent>> {
  const found = new Map<string, PostedEvent>();
  let looking = externalIds.map((id) => ({ id, key: eventKey(id) }));
  while (looking.length > 0) {
    const keys = looking.map(({ key }) => key);
    const rows = await tableIn(connection, org, 'SELECT id_key, seq FROM event_ids WHERE org = ? AND id_key IN', keys);
    if (rows.length === 0) break;
    const taken = new Map(rows.map(([key, seq]) => [key as number, seq as number]));
    const entries = await eventsBySeq(connection, org, [...taken.values()]);
    const next: typeof looking = [];
    for (const { id, key } of looking) {
      const seq = taken.get(key);
      if (seq === undefined) continue;
      const entry = entries.get(seq);
      if (entry?.externalId === id) found.set(id, entry);
      else next.push({ id, key: key + 1 });
    }
    looking = next;
  }
  return found;
}

/** Events that came together stand together: they are read as one run wherever that reads little else. */
async function eventsBySeq(
  connection: SqlConnection,
  org: number,
  seqs: readonly number[],
): Promise<ReadonlyMap<number, PostedEvent>> {
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  for (const seq of seqs) {
    if (seq < first) first = seq;
    if (seq > last) last = seq;
  }
  const some = `SELECT ${EVENT_COLUMNS} FROM transactions WHERE org = ? AND seq`;
  const rows =
    last - first < 2 * seqs.length
      ? await connection.table(`${some} >= ? AND seq <= ?`, [org, first, last])
      : await tableIn(connection, org, `${some} IN`, seqs);
  return new Map(rows.map((row) => [row[0] as number, toPostedEvent(row)]));
}
