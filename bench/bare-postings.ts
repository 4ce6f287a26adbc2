import { INSERT_ENTRY } from '../src/adapters/storage/entry-rows';
import { ADD_TO_DAY, ADD_TO_MONTH, INSERT_LINK } from '../src/adapters/storage/posting-rows';
import { openDatabase } from '../src/adapters/storage/sqlite-engine';
import { configure, ROOM_FOR_WRITES } from '../src/adapters/storage/sqlite-settings';
import { eventKey } from '../src/core/ledger/event-key';

/** Usage of the ledger that the postings repeat in turn, so that they meet several apps and services. */
const TURN = 32;

/**
 * Writes the rows of a posting by prepared statements alone, each posting durable: nothing is read, decided, hashed,
 * checked or answered. That is what the engine and the disk take of a posting. The ledger is good for nothing else then.
 */
export function openBarePostings(ledger: string) {
  const database = openDatabase(ledger, { timeoutMs: 0 });
  configure(database, false);
  database.exec(ROOM_FOR_WRITES);
  const rowsOf = (sql: string) => database.prepare(sql).raw().all() as (string | number | null)[][];
  const entries = rowsOf(`SELECT * FROM transactions WHERE type = 'usage' ORDER BY seq DESC LIMIT ${TURN}`);
  const [[day, month, grant, hash] = []] = rowsOf(`SELECT (SELECT max(day) FROM day_totals),
    (SELECT max(month) FROM month_totals), (SELECT max(seq) FROM grants WHERE is_open = 1), head FROM wallets`);
  const begin = database.prepare('BEGIN IMMEDIATE');
  const insertEntry = database.prepare(INSERT_ENTRY);
  const insertEventId = database.prepare('INSERT INTO event_ids (org, id_key, seq) VALUES (?, ?, ?)');
  const updateGrant = database.prepare('UPDATE grants SET remaining = remaining - 1 WHERE org = ? AND seq = ?');
  const addToDay = database.prepare(ADD_TO_DAY);
  const addToMonth = database.prepare(ADD_TO_MONTH);
  const insertLink = database.prepare(INSERT_LINK);
  const updateWallet = database.prepare(
    'UPDATE wallets SET posted = posted - 1, seq = ?, recorded_at = ?, links = ?, head = ? WHERE org = ?',
  );
  const commit = database.prepare('COMMIT');
  let seq = Number(entries[0]?.[1]);

  const post = () => {
    seq += 1;
    const [org, , type, , , service, app, user, ...rest] = entries[seq % TURN] ?? [];
    const id = `bare-${seq}`;
    const now = Date.now();
    begin.run();
    insertEntry.run(org, seq, type, now, now, service, app, user, ...rest.slice(0, -4), id, ...rest.slice(-3));
    insertEventId.run(org, eventKey(id), seq);
    updateGrant.run(org, grant);
    addToDay.run(org, day, type, service, app, '', '', 1, 1, 0, -1, 0);
    addToMonth.run(org, month, 'service', service, 1, 0, 1);
    addToMonth.run(org, month, 'app', app, 1, 0, 1);
    insertLink.run(org, seq, now, 'bench', 'usage.record', `${app} ${service}`, null, '[]', seq, 1, hash);
    updateWallet.run(seq, now, seq, hash, org);
    commit.run();
  };
  return { post, close: () => database.close() };
}
