import type { LinkQuery } from '../../ports/ledger-view';
import type { SqlValue } from './sql-driver';

/** A page of an organisation's chain. Values are always bound. */
export function pageOfLinks(org: number, query: LinkQuery): { sql: string; params: readonly SqlValue[] } {
  const descending = query.order === 'desc';
  const params: SqlValue[] = [org];
  let sql = 'SELECT * FROM audit WHERE org = ?';
  const add = (condition: string, value: SqlValue | undefined) => {
    if (value === undefined) return;
    sql += ` AND ${condition}`;
    params.push(value);
  };
  add(`number ${descending ? '<' : '>'} ?`, query.after);
  add('actor = ?', query.actor);
  add('action = ?', query.action);
  params.push(query.limit);
  return { sql: `${sql} ORDER BY number${descending ? ' DESC' : ''} LIMIT ?`, params };
}
