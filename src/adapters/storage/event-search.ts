import { eventKey } from '../../core/ledger/event-key';
import type { PostedEvent } from '../../ports/ledger-view';
import { EVENT_COLUMNS, toPostedEvent } from './entry-rows';
import { tableIn } from './in-lists';
import type { SqlConnection } from './sql-driver';

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
