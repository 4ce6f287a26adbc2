import type { PlanDocument, PlannedAlert, PlannedApp, PlannedService } from '../contract/plans';
import { WalletError } from '../core/errors';
import type { PlanFile } from '../input/plan';
import { given } from './call';
import type { Cli } from './cli';
import { openFile } from './input-file';

type Words = Readonly<Record<string, string>>;

/** Reads a plan's file. Throws `invalid_input` with the line. */
export async function planOf(cli: Cli, path: string): Promise<PlanDocument> {
  const { readPlan } = await import('../input/plan');
  const { source } = await openFile(cli, path);
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  const { services, apps, alerts, recharge } = readPlan(Buffer.concat(chunks).toString('utf8'));
  return given({
    services: services.map(serviceOf),
    apps: apps.map(appOf),
    alerts: alerts.map(alertOf),
    recharge: recharge === undefined ? undefined : ruleOf(recharge),
  });
}

function serviceOf({ service = '', name, unit, price, billing, tiers, ...words }: Words): PlannedService {
  return given({ service, name, unit, price, billing, tiers, freeQuota: words['free-quota'] });
}

function appOf({ app = '', name, limit, ...words }: Words): PlannedApp {
  return given({ app, name, limit, onLimit: words['on-limit'] });
}

function alertOf({ words, to }: PlanFile['alerts'][number]): PlannedAlert {
  const { kind = '', below, over, per, app, service } = words;
  return given({ kind, below, over, per, app, service, to: to.flatMap((texts) => texts.split(',')) });
}

function ruleOf({ below, amount, cooldown, enabled, ...words }: Words): NonNullable<PlanDocument['recharge']> {
  return given({
    below,
    amount,
    cooldown,
    refillTo: words['refill-to'],
    monthlyCap: words['monthly-cap'],
    dailyCount: words['daily-count'],
    maxFailures: words['max-failures'],
    enabled: enabled === undefined ? undefined : isOn(enabled),
  });
}

function isOn(word: string): boolean {
  if (word === 'true' || word === 'yes' || word === 'on') return true;
  if (word === 'false' || word === 'no' || word === 'off') return false;
  throw new WalletError('invalid_input', `enabled of recharge is ${JSON.stringify(word)}`, {
    why: 'a rule is on or off',
    hint: 'write enabled: true or enabled: false',
  });
}
