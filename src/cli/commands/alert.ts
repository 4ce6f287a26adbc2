import type { Alert, AlertCheck, Delivery, Notice } from '../../contract/alerts';
import { BUILT_IN_ALERTS, SPEND_PERIODS } from '../../core/alert';
import type { Column } from '../../output/view';
import { type Call, given } from '../call';
import type { Cli, Styled } from '../cli';
import { EXIT_STATUS } from '../exit-status';
import { showList } from '../list';
import { pageOf, pagesOf } from '../list-pages';
import type { CommandSpec, OptionSpec } from '../spec';
import { counted } from '../wording';

const ID = { name: 'id', help: 'its id, alert_…' };
const TO: OptionSpec = {
  flag: '--to <dest>',
  help: 'an e-mail address, an https URL, or role:admin, role:accountant; several parted by commas',
  repeat: true,
};
const MORE = { name: 'dest', help: 'more destinations', optional: true, variadic: true } as const;

const ALERTS: readonly Column<Alert>[] = [
  { key: 'id', title: 'Id', kind: 'text', cell: (alert) => alert.id, whole: true },
  { key: 'kind', title: 'Kind', kind: 'text', cell: (alert) => alert.kind, whole: true },
  { key: 'status', title: 'Status', kind: 'text', cell: (alert) => alert.status },
  { key: 'threshold', title: 'Threshold', kind: 'amount', cell: (alert) => alert.threshold },
  { key: 'per', title: 'Per', kind: 'text', cell: (alert) => alert.per },
  { key: 'app', title: 'App', kind: 'text', cell: (alert) => alert.app },
  { key: 'service', title: 'Service', kind: 'text', cell: (alert) => alert.service },
  { key: 'to', title: 'To', kind: 'text', cell: (alert) => alert.to.join(', ') },
  { key: 'changed_at', title: 'Changed', kind: 'time', cell: (alert) => alert.changedAt, spare: 1 },
];

const NOTICES: readonly Column<Notice>[] = [
  { key: 'time', title: 'Time', kind: 'time', cell: (notice) => notice.time },
  { key: 'kind', title: 'Kind', kind: 'text', cell: (notice) => notice.kind, whole: true },
  { key: 'title', title: 'What', kind: 'text', cell: (notice) => notice.title },
  { key: 'value', title: 'Value', kind: 'amount', cell: (notice) => notice.value },
  { key: 'threshold', title: 'Threshold', kind: 'amount', cell: (notice) => notice.threshold, dataOnly: true },
  { key: 'deliveries', title: 'Deliveries', kind: 'text', cell: (notice) => tally(notice.deliveries) },
  { key: 'alert', title: 'Alert', kind: 'text', cell: (notice) => notice.alert, dataOnly: true },
  { key: 'id', title: 'Id', kind: 'text', cell: (notice) => notice.id, dataOnly: true },
];

export const commands: readonly CommandSpec[] = [
  {
    path: 'alert add low-balance',
    summary: 'be told when less than this is available',
    details:
      'Told once when it is crossed and once when it clears. While auto top-up can be relied on it stays silent: being switched on is not enough.',
    args: [MORE],
    options: [{ flag: '--below <amount>', help: 'credits available', required: true }, TO],
    examples: [
      { command: 'wallet alert add low-balance --below 50 --to ada@example.com', says: 'by e-mail' },
      {
        command: 'wallet alert add low-balance --below 50 --to https://hooks.example.com/T0',
        says: 'to a webhook',
      },
    ],
    kind: 'change',
    async run(call, cli) {
      const request = { below: call.text('below') ?? '', to: destinations(call), ...call.change() };
      return showAlert(cli, await (await cli.wallet()).alerts.addLowBalance(request));
    },
  },
  {
    path: 'alert add spend',
    summary: 'be told when more than this is spent in a day, week or month',
    details:
      'Counts usage less reversals, invoiced usage included, in the time zone of the organisation; weeks start on Monday. Told once in each period.',
    args: [MORE],
    options: [
      { flag: '--over <amount>', help: 'credits spent', required: true },
      { flag: '--per <period>', help: 'what is counted together', choices: SPEND_PERIODS, required: true },
      { flag: '--app <app>', help: 'of one app alone' },
      { flag: '--service <service>', help: 'on one service alone' },
      TO,
    ],
    examples: [
      {
        command: 'wallet alert add spend --over 200 --per day --app crm --to ada@example.com',
        says: 'an app that spends more than it should',
      },
    ],
    kind: 'change',
    async run(call, cli) {
      const terms = { over: call.text('over') ?? '', per: call.text('per') ?? '', to: destinations(call) };
      const filter = { app: call.text('app'), service: call.text('service') };
      const result = await (await cli.wallet()).alerts.addSpend(given({ ...terms, ...filter, ...call.change() }));
      return showAlert(cli, result);
    },
  },
  {
    path: 'alert route',
    summary: 'say where a built-in alert goes',
    details: `Without this they go to the administrators and to whoever is told of a low balance. They are ${BUILT_IN_ALERTS.join(', ')}.`,
    args: [{ name: 'kind', help: 'which of the built-in alerts' }, MORE],
    options: [TO],
    examples: [
      { command: 'wallet alert route card-expiring --to role:accountant', says: 'to accounting, and nobody else' },
    ],
    kind: 'change',
    async run(call, cli) {
      const request = { kind: call.arg(0), to: destinations(call, 1), ...call.change() };
      return showAlert(cli, await (await cli.wallet()).alerts.route(request));
    },
  },
  {
    path: 'alert list',
    summary: 'the alerts that are set, and where each stands',
    examples: [{ command: 'wallet alert list', says: 'ok, or crossed until it clears' }],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { alerts } = await cli.wallet();
      return showList(call, cli, {
        name: 'alerts',
        columns: ALERTS,
        money: false,
        fetch: pagesOf(
          async () => (await alerts.list()).alerts,
          ({ id }) => id,
        ),
      });
    },
  },
  {
    path: 'alert remove',
    summary: 'tell no more of it',
    args: [ID],
    examples: [
      { command: 'wallet alert remove alert_019a2b3c4d5e6f708192a3b4c5', says: 'what was told stays on record' },
    ],
    kind: 'change',
    async run(call, cli) {
      return showAlert(cli, await (await cli.wallet()).alerts.remove({ id: call.arg(0), ...call.change() }));
    },
  },
  {
    path: 'alert test',
    summary: 'send a test notice the way the alert would',
    details: 'Ends with 9 if it did not reach everybody at once.',
    args: [ID],
    examples: [{ command: 'wallet alert test alert_019a2b3c4d5e6f708192a3b4c5', says: 'before it matters' }],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).alerts.test({ id: call.arg(0), ...call.change() });
      await cli.show(result, () => `${result.deliveries.map(describeDelivery).join('\n')}\n`);
      return result.deliveries.every(({ status }) => status === 'delivered') ? 0 : EXIT_STATUS.api_unreachable;
    },
  },
  {
    path: 'alert retry',
    summary: 'send again what was given up',
    details:
      'One message by its id (wallet status shows it), or all that were given up. It goes out at once, under the same id; what does not arrive is tried again as often as a new one. Ends with 9 if something did not arrive.',
    args: [{ name: 'id', help: 'its id, msg_…; all of them if left out', optional: true }],
    examples: [{ command: 'wallet alert retry', says: 'once the address or the server is right again' }],
    kind: 'change',
    async run(call, cli) {
      const [id] = call.args;
      const result = await (await cli.wallet()).alerts.retry(given({ id, ...call.change() }));
      const lines = result.deliveries.map((each) => `${describeDelivery(each)}\n`);
      await cli.show(result, () => lines.join('') || 'nothing was given up\n');
      const isDone = result.dryRun === true || result.deliveries.every(({ status }) => status === 'delivered');
      return isDone ? 0 : EXIT_STATUS.api_unreachable;
    },
  },
  {
    path: 'alert history',
    summary: 'what was told, newest first, and what became of it',
    examples: [{ command: 'wallet alert history --limit 10', says: 'the last ten notices' }],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { alerts } = await cli.wallet();
      return showList(call, cli, {
        name: 'notices',
        columns: NOTICES,
        fetch: async (page) => pageOf('notices', await alerts.history(page)),
      });
    },
  },
  {
    path: 'alert check',
    summary: 'see what time brought about, and deliver what is due',
    details:
      'For cron: safe to run as often and as concurrently as you like. Lists what was told since the check before. What could not be delivered is tried again later and does not change the status.',
    examples: [{ command: 'wallet alert check', says: 'cards and grants about to expire, and the outbox' }],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).alerts.check(call.change());
      for (const { destination, error } of result.failures) cli.note(`not delivered to ${destination}: ${error}`);
      return cli.show(result, () => describeCheck(result));
    },
  },
];

function destinations(call: Call, skip = 0): readonly string[] {
  return [...(call.values('to') ?? []), ...call.args.slice(skip)];
}

function showAlert(cli: Cli, result: { readonly alert: Alert }): Promise<number> {
  return cli.show(result, () => describeAlert(result.alert, cli), result.alert.id);
}

async function describeAlert(alert: Alert, cli: Cli): Promise<Styled> {
  const { id, kind, status, threshold, per, app, service, to } = alert;
  return cli.facts([
    ['alert', id],
    ['kind', kind],
    ['status', status],
    ...(threshold === null ? [] : [[kind === 'spend' ? 'over' : 'below', threshold] as const]),
    ...(per === null ? [] : [['per', per] as const]),
    ...(app === null ? [] : [['app', app] as const]),
    ...(service === null ? [] : [['service', service] as const]),
    ...to.map((destination, index) => [index === 0 ? 'to' : '', destination] as const),
  ]);
}

function describeDelivery({ destination, status, error }: Delivery): string {
  return `${destination}: ${status}${error === null ? '' : ` (${error})`}`;
}

function describeCheck({ fired, recovered, delivered, failed, dead }: AlertCheck): string {
  const told = [...fired, ...recovered].map(({ title }) => `${title}\n`);
  const counts = [
    ...(delivered === 0 ? [] : [`${counted(delivered, 'message')} delivered`]),
    ...(failed === 0 ? [] : [`${counted(failed, 'message')} to be tried again`]),
    ...(dead === 0 ? [] : [`${counted(dead, 'message')} given up`]),
  ];
  return told.length + counts.length === 0
    ? 'nothing to tell\n'
    : `${told.join('')}${counts.length === 0 ? '' : `${counts.join(', ')}\n`}`;
}

/** `2 delivered, 1 waiting`. */
function tally(deliveries: readonly Delivery[]): string {
  const counts = new Map<string, number>();
  for (const { status } of deliveries) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ') || 'nobody to tell';
}
