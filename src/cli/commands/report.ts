import { LEAD_GROUPS } from '../../core/report/cost-per-lead';
import { USAGE_GROUPS } from '../../core/report/usage';
import { FILTER_OPTIONS } from '../filters';
import type { CommandSpec } from '../spec';

export const commands: readonly CommandSpec[] = [
  {
    path: 'report usage',
    summary: 'usage by service, app, user, campaign and time',
    details:
      'Usage and its reversals, unless --type says otherwise. Every total is the sum of the same transactions; cost is credits used plus invoiced; share is of the whole cost, in percent.',
    options: [
      { flag: '--by <groups>', help: `${USAGE_GROUPS.join(', ')}; service if not said`, repeat: true },
      ...FILTER_OPTIONS,
      { flag: '--chart', help: 'bars, or sparklines over time, instead of a table', conflicts: ['format', 'json'] },
    ],
    examples: [
      { command: 'wallet report usage --period this-month', says: 'what each service cost' },
      { command: 'wallet report usage --by app,month --period 2026 --format csv', says: 'a year for the accountant' },
      { command: 'wallet report usage --by service,day --period last-30d --chart', says: 'the trend of each service' },
    ],
    kind: 'read',
    list: 'whole',
    run: async (call, cli) => (await import('../usage-view')).showUsage(call, cli),
  },
  {
    path: 'report statement',
    summary: 'opening, movements and closing of a period',
    details:
      "Movements are signed; opening and movements come to closing to the micro, and consecutive statements meet. The period is that of the organisation's time zone.",
    options: [
      { flag: '--period <period>', help: 'such as 2026-10, 2026-Q3 or last-month', required: true },
      { flag: '--all-orgs', help: 'a row for each organisation of the ledger, and the total' },
    ],
    examples: [
      { command: 'wallet report statement --period last-month', says: 'the month that ended' },
      { command: 'wallet report statement --period 2026-Q3 --all-orgs --format csv', says: 'all, consolidated' },
      { command: 'wallet report statement --period 2026-10 -o october.pdf', says: 'a document to send' },
    ],
    kind: 'read',
    list: 'whole',
    document: true,
    run: async (call, cli) => (await import('../statement-view')).showStatement(call, cli),
  },
  {
    path: 'report cost-per-lead',
    summary: 'what deliveries and leads cost',
    details:
      'Cost is usage less reversals, credits and invoiced; divided by what was delivered and by leads, rounded half up to six decimals. No leads, no cost per lead: the cell stays empty.',
    options: [
      { flag: '--by <groups>', help: `${LEAD_GROUPS.join(', ')}; campaign if not said`, repeat: true },
      ...FILTER_OPTIONS,
    ],
    examples: [
      { command: 'wallet report cost-per-lead --by campaign,service', says: 'which channel brings leads for least' },
      { command: 'wallet report cost-per-lead --by month --period 2026', says: 'over the year' },
    ],
    kind: 'read',
    list: 'whole',
    run: async (call, cli) => (await import('../leads-view')).showCostPerLead(call, cli),
  },
  {
    path: 'report forecast',
    summary: 'how fast credits are used, and when they run out',
    details:
      'From the whole days of the period since the first use: credits that usage took, less what was reversed of it. Top-ups, gifts, refunds, free quota and postpaid services play no part. With fewer than 7 days, or use on fewer than 3 of them, it says "too little history". The suggestion lasts 3 days at the busiest rate below the threshold, and 14 average days a top-up, in whole credits.',
    options: [{ flag: '--period <period>', help: 'such as last-90d or last-month; last-30d if not said' }],
    examples: [
      { command: 'wallet report forecast', says: 'burn a day, when it runs dry, a rule that fits' },
      { command: 'wallet report forecast --period last-90d --json', says: 'from a quarter' },
    ],
    kind: 'read',
    run: async (call, cli) => (await import('../forecast-view')).showForecast(call, cli),
  },
];
