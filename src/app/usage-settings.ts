import type { AlertRecord } from '../core/alert';
import { ZERO } from '../core/credits';
import { monthIndexOf } from '../core/date';
import type { MonthTotal } from '../core/ledger/totals';
import { dependsOnMonth } from '../core/pricing/rating';
import type { RechargeRuleRecord } from '../core/recharge';
import type { Calendar, Instant } from '../core/time';
import type { PricedService, UsageParties } from '../core/usage';
import type { LedgerView } from '../ports/ledger-view';
import type { AppRecord, ServiceRecord } from '../ports/record-types';
import { standingAlerts } from './ledger';
import { toPriceVersion } from './present';
import { standingRule } from './recharge-state';
import type { ParsedEvent } from './usage-events';

export type MonthKey = Pick<MonthTotal, 'kind' | 'name' | 'month'>;

/** What the settings say of an event's app and service. */
export interface KnownParties {
  readonly app: AppRecord;
  readonly service: PricedService;
  /** Cards matter to postpaid services alone. */
  readonly asksForCard: boolean;
  /** Whether some price of it depends on what the month had before. */
  readonly asksForMonth: boolean;
  /** Who spends on what, where nothing else bounds it: no limit of the app, and no card. */
  readonly unbounded: UsageParties | undefined;
}

export function partiesOf(app: AppRecord, service: PricedService): KnownParties {
  const asksForCard = service.versions.some((version) => version.billing === 'postpaid');
  const asksForMonth = service.versions.some(dependsOnMonth);
  const spender = { app: app.app, archived: app.archivedAt !== null, limit: null, held: ZERO };
  const isBounded = asksForCard || app.limitMonthly !== null;
  const unbounded = isBounded ? undefined : { app: spender, service, usableCard: false };
  return { app, service, asksForCard, asksForMonth, unbounded };
}

/** The month totals that the price and the budget of one event depend on: mostly none. */
export function monthsOfEvent(
  calendar: Calendar,
  { app, service, occurredAt }: ParsedEvent,
  known: KnownParties,
): readonly MonthKey[] {
  const hasLimit = known.app.limitMonthly !== null;
  if (!hasLimit && !known.asksForMonth) return NONE;
  const month = monthIndexOf(calendar.dateOf(occurredAt));
  const months: MonthKey[] = [];
  if (hasLimit) months.push({ kind: 'app', name: app, month });
  if (known.asksForMonth) months.push({ kind: 'service', name: service, month });
  return months;
}

const NONE: readonly MonthKey[] = [];

/** The apps and the priced services there are, by their names. */
interface Catalogue {
  readonly apps: ReadonlyMap<string, AppRecord>;
  readonly services: ReadonlyMap<string, PricedService>;
}

export function standingCatalogue(view: LedgerView): Promise<Catalogue> {
  return view.recall('apps and services', async () => {
    const services = new Map<string, PricedService>();
    for (const service of await view.records.services.list())
      services.set(service.id, await pricedService(view, service));
    return { services, apps: await appRecords(view) };
  });
}

export async function appRecords(view: LedgerView): Promise<Map<string, AppRecord>> {
  return new Map((await view.records.apps.list()).map((app) => [app.app, app]));
}

/** The service with every price it ever had. */
export async function pricedService(view: LedgerView, service: ServiceRecord): Promise<PricedService> {
  const prices = await view.records.prices.list({ service: service.id });
  return { service: service.id, number: service.number, versions: prices.map(toPriceVersion) };
}

/** All that the settings say of posting usage: read once, and shared by every posting for as long as they stand. */
export class UsageSettings {
  readonly closedUntil: Instant;
  readonly rule: RechargeRuleRecord | undefined;
  readonly alerts: readonly AlertRecord[];
  readonly #catalogue: Catalogue;
  readonly #parties = new Map<string, Map<string, KnownParties>>();

  constructor(catalogue: Catalogue, standing: Pick<UsageSettings, 'closedUntil' | 'rule' | 'alerts'>) {
    this.#catalogue = catalogue;
    this.closedUntil = standing.closedUntil;
    this.rule = standing.rule;
    this.alerts = standing.alerts;
  }

  /** The app and the service, each pair looked up once; undefined where one of them does not exist. */
  find({ app, service }: Pick<ParsedEvent, 'app' | 'service'>): KnownParties | undefined {
    return this.#parties.get(app)?.get(service) ?? this.#meet(app, service);
  }

  /** The month totals that prices and budgets of the events depend on, each once. */
  monthsOf(calendar: Calendar, events: readonly ParsedEvent[]): readonly MonthKey[] {
    let months: Map<string, MonthKey> | undefined;
    for (const event of events) {
      const known = this.find(event);
      if (known === undefined) continue; // it will be refused
      for (const key of monthsOfEvent(calendar, event, known)) {
        months ??= new Map();
        months.set(`${key.kind} ${key.month} ${key.name}`, key);
      }
    }
    return months === undefined ? NONE : [...months.values()];
  }

  #meet(name: string, id: string): KnownParties | undefined {
    const app = this.#catalogue.apps.get(name);
    const service = this.#catalogue.services.get(id);
    if (app === undefined || service === undefined) return undefined;
    const parties = partiesOf(app, service);
    const ofApp = this.#parties.get(name) ?? new Map<string, KnownParties>();
    this.#parties.set(name, ofApp.set(id, parties));
    return parties;
  }
}

export function usageSettings(view: LedgerView): Promise<UsageSettings> {
  return view.recall('settings of usage', async () => {
    const catalogue = await standingCatalogue(view);
    const [closedUntil, rule] = [await view.closedUntil(), await standingRule(view)];
    return new UsageSettings(catalogue, { closedUntil, rule, alerts: await standingAlerts(view) });
  });
}
