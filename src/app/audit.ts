import type { AuditEntry } from '../contract/audit';
import type { PageRequest } from '../contract/calls';
import type { Link } from '../core/ledger/chain';
import { formatInstant } from '../core/time';
import type { Dependencies } from './dependencies';
import { invalidCursor, pageLimit } from './paging';
import { readLedger } from './session';

/** Who changed what, when, how and why: one entry for each write. */
export async function listAudit(
  deps: Dependencies,
  request: PageRequest & { actor?: string; action?: string; order?: 'asc' | 'desc' },
): Promise<{ audit: readonly AuditEntry[]; next: string | null }> {
  const limit = pageLimit(request.limit);
  const after = request.cursor === undefined ? {} : { after: parseNumber(request.cursor) };
  const who = request.actor === undefined ? {} : { actor: request.actor };
  const what = request.action === undefined ? {} : { action: request.action };
  return readLedger(deps, 'audit.read', async (view) => {
    const found = await view.links({ order: request.order ?? 'desc', limit: limit + 1, ...after, ...who, ...what });
    const page = found.slice(0, limit);
    return { audit: page.map(presentLink), next: found.length > limit ? String(page.at(-1)?.number) : null };
  });
}

function presentLink(link: Link): AuditEntry {
  return {
    number: link.number,
    time: formatInstant(link.recordedAt),
    actor: link.actor,
    action: link.action,
    subject: link.subject,
    reason: link.reason,
    changes: JSON.parse(link.changes),
    transactions: link.entries,
    hash: link.hash,
  };
}

function parseNumber(cursor: string): number {
  if (!/^[1-9][0-9]{0,14}$/.test(cursor)) throw invalidCursor();
  return Number(cursor);
}
