import type { Changed, ChangeOptions } from '../contract/calls';
import type { App } from '../contract/catalogue';
import { parseCreditsOrZero, quote, ZERO } from '../core/credits';
import { monthIndexOf } from '../core/date';
import { WalletError } from '../core/errors';
import { makeId } from '../core/ids';
import { parseName, parseSlug } from '../core/text';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import type { AppRecord } from '../ports/record-types';
import { requireApp } from './catalogue';
import { change } from './command';
import type { Dependencies } from './dependencies';
import { presentApp } from './present';
import { readLedger, type Session } from './session';

export async function addApp(
  deps: Dependencies,
  request: ChangeOptions & { app: string; name?: string },
): Promise<Changed & { app: App }> {
  const name = parseSlug(request.app, 'app');
  const title = request.name === undefined ? name : parseName(request.name, 'name');
  const facts = { operation: 'catalogue.change', action: 'app.add', subject: name } as const;
  return change(deps, facts, request, async (unit, session) => {
    const [existing] = await unit.records.apps.list({ app: name });
    if (existing !== undefined && existing.archivedAt === null) throw appExists(name);
    if (existing === undefined) return { app: presentApp(await insertApp(unit, session, name, title), ZERO) };
    const revived = await unit.records.apps.update({
      ...existing,
      name: request.name === undefined ? existing.name : title,
      archivedAt: null,
    });
    return { app: await presentWithSpending(unit, session, revived) };
  });
}

/** Adds an app that does not exist. */
export async function insertApp(unit: LedgerUnit, session: Session, app: string, name: string): Promise<AppRecord> {
  const now = session.now();
  const record: AppRecord = {
    id: makeId('app', now, session.deps.system.random()),
    app,
    name,
    archivedAt: null,
    limitMonthly: null,
    onLimit: 'block',
    createdAt: now,
    version: 1,
  };
  await unit.records.apps.insert(record);
  return record;
}

export async function listApps(deps: Dependencies): Promise<{ apps: readonly App[]; next: null }> {
  return readLedger(deps, 'catalogue.read', async (view, session) => {
    const apps: App[] = [];
    for (const app of await view.records.apps.list()) apps.push(await presentWithSpending(view, session, app));
    return { apps, next: null };
  });
}

export async function showApp(deps: Dependencies, request: { app: string }): Promise<{ app: App }> {
  return readLedger(deps, 'catalogue.read', async (view, session) => ({
    app: await presentWithSpending(view, session, await requireApp(view, request.app)),
  }));
}

export async function limitApp(
  deps: Dependencies,
  request: ChangeOptions & { app: string; monthly: string; onLimit?: string },
): Promise<Changed & { app: App }> {
  const facts = { operation: 'catalogue.change', action: 'app.limit', subject: request.app } as const;
  parseLimit(request);
  return change(deps, facts, request, async (unit, session) => ({ app: await limitAppIn(unit, session, request) }));
}

/** Limits what an app spends, inside a write. Throws `unknown_app`, `invalid_amount` or `invalid_value`. */
export async function limitAppIn(
  unit: LedgerUnit,
  session: Session,
  request: { app: string; monthly: string; onLimit?: string },
): Promise<App> {
  const { limitMonthly, onLimit } = parseLimit(request);
  const app = await requireApp(unit, request.app);
  const limited = await unit.records.apps.update({ ...app, limitMonthly, onLimit: onLimit ?? app.onLimit });
  return presentWithSpending(unit, session, limited);
}

function parseLimit(request: { monthly: string; onLimit?: string }) {
  return { limitMonthly: parseCreditsOrZero(request.monthly, 'limit'), onLimit: parseOnLimit(request.onLimit) };
}

export async function archiveApp(
  deps: Dependencies,
  request: ChangeOptions & { app: string },
): Promise<Changed & { app: App }> {
  const facts = { operation: 'catalogue.change', action: 'app.archive', subject: request.app } as const;
  return change(deps, facts, request, async (unit, session) => {
    const app = await requireApp(unit, request.app);
    const archived =
      app.archivedAt === null ? await unit.records.apps.update({ ...app, archivedAt: session.now() }) : app;
    return { app: await presentWithSpending(unit, session, archived) };
  });
}

async function presentWithSpending(view: LedgerView, session: Session, app: AppRecord): Promise<App> {
  const month = monthIndexOf(session.calendar.dateOf(session.now()));
  const [total] = await view.monthTotals([{ kind: 'app', name: app.app, month }]);
  return presentApp(app, total?.spent ?? ZERO);
}

function parseOnLimit(text: string | undefined): 'warn' | 'block' | undefined {
  if (text === undefined || text === 'warn' || text === 'block') return text;
  throw new WalletError('invalid_value', `${quote(text)} is not what a limit can do`, {
    why: 'a limit warns or blocks',
    hint: 'write --on-limit warn or --on-limit block',
  });
}

function appExists(name: string): WalletError {
  return new WalletError('already_exists', `app ${name} already exists`, {
    why: 'nothing was changed',
    hint: 'wallet app list',
    details: { app: name },
  });
}
