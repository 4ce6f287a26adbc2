import type { PlannedApp, PlannedChange } from '../contract/plans';
import { type Credits, formatCredits, parseCreditsOrZero } from '../core/credits';
import { WalletError } from '../core/errors';
import { parseName, parseSlug } from '../core/text';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { AppRecord } from '../ports/record-types';
import { insertApp, limitAppIn } from './apps';
import { changed, type Fields } from './plan-fields';
import type { Session } from './session';

/** Makes an app what the document says, inside a write, and answers what that changed. */
export async function planApp(unit: LedgerUnit, session: Session, wanted: PlannedApp): Promise<PlannedChange[]> {
  const name = parseSlug(wanted.app, 'app');
  const [known] = await unit.records.apps.list({ app: name });
  const title = wanted.name === undefined ? (known?.name ?? name) : parseName(wanted.name, 'name');
  const app = known ?? (await insertApp(unit, session, name, title));
  if (app.archivedAt !== null || app.name !== title)
    await unit.records.apps.update({ ...app, name: title, archivedAt: null });
  const limit = wanted.limit ?? (app.limitMonthly === null ? undefined : formatCredits(app.limitMonthly));
  const onLimit = wanted.onLimit ?? app.onLimit;
  if (limit === undefined && wanted.onLimit !== undefined) throw noLimit(name);
  const isLimited = limit === undefined || (isSame(limit, app.limitMonthly) && onLimit === app.onLimit);
  if (!isLimited) await limitAppIn(unit, session, { app: name, monthly: limit, onLimit });
  const [after] = await unit.records.apps.list({ app: name });
  return changed('app', name, known === undefined ? {} : appFields(known), after === undefined ? {} : appFields(after));
}

function isSame(typed: string, limit: Credits | null): boolean {
  return limit !== null && parseCreditsOrZero(typed, 'limit') === limit;
}

function appFields(app: AppRecord): Fields {
  return {
    name: app.name,
    ...(app.archivedAt === null ? {} : { archived: 'yes' }),
    ...(app.limitMonthly === null ? {} : { limit: formatCredits(app.limitMonthly), 'on-limit': app.onLimit }),
  };
}

function noLimit(app: string): WalletError {
  return new WalletError('invalid_input', `app ${app} has on-limit and no limit`, {
    why: 'there is nothing to warn about or to block at',
    hint: 'add limit: to it',
  });
}
