import type { Hold } from '../../contract/holds';
import type { Column } from '../../output/view';
import { given } from '../call';
import type { Cli } from '../cli';
import { showList } from '../list';
import { pageOf } from '../list-pages';
import { isWhole } from '../list-plan';
import type { CommandSpec } from '../spec';
import { balanceLine } from '../wording';

const ID = { name: 'id', help: 'its id, hold_…' };

const COLUMNS: readonly Column<Hold>[] = [
  { key: 'id', title: 'Id', kind: 'text', cell: (hold) => hold.id },
  { key: 'status', title: 'Status', kind: 'text', cell: (hold) => hold.status },
  { key: 'app', title: 'App', kind: 'text', cell: (hold) => hold.app },
  { key: 'service', title: 'Service', kind: 'text', cell: (hold) => hold.service },
  { key: 'quantity', title: 'Quantity', kind: 'count', cell: (hold) => hold.quantity, spare: 2 },
  { key: 'credits', title: 'Credits', kind: 'amount', cell: (hold) => hold.credits },
  { key: 'captured', title: 'Captured', kind: 'amount', cell: (hold) => hold.captured, spare: 1 },
  { key: 'campaign', title: 'Campaign', kind: 'text', cell: (hold) => hold.campaign, spare: 3 },
  { key: 'expires_at', title: 'Expires', kind: 'time', cell: (hold) => hold.expiresAt, spare: 4 },
  { key: 'created_at', title: 'Created', kind: 'time', cell: (hold) => hold.createdAt, dataOnly: true },
];

export const commands: readonly CommandSpec[] = [
  {
    path: 'hold create',
    summary: 'reserve credits for a job',
    details: 'Nobody else can spend what is held. A hold that is not captured or released in time expires by itself.',
    options: [
      { flag: '--app <app>', help: 'who will spend them', required: true },
      { flag: '--service <service>', help: 'on what', required: true },
      { flag: '--quantity <n>', help: 'units, at the price in force now', conflicts: ['credits'] },
      { flag: '--credits <amount>', help: 'credits, instead of units' },
      { flag: '--expires <duration>', help: 'such as 90m or 24h; 24h if not said' },
      { flag: '--campaign <name>', help: 'what for' },
    ],
    examples: [
      { command: 'wallet hold create --app crm --service sms --quantity 5000', says: 'before a campaign of 5,000' },
      {
        command: 'wallet hold create --app crm --service sms --credits 40 --expires 2h',
        says: 'an amount, for two hours',
      },
    ],
    kind: 'change',
    async run(call, cli) {
      const names = {
        app: call.text('app') ?? '',
        service: call.text('service') ?? '',
        campaign: call.text('campaign'),
      };
      const size = { quantity: call.text('quantity'), credits: call.text('credits'), expires: call.text('expires') };
      const result = await (await cli.wallet()).holds.create(given({ ...names, ...size, ...call.change() }));
      const { hold, balance } = result;
      return cli.show(result, () => createdText(hold, cli).then((text) => `${text}${balanceLine(balance)}`), hold.id);
    },
  },
  {
    path: 'hold capture',
    summary: 'take what was used; the rest returns',
    args: [ID],
    options: [
      { flag: '--quantity <n>', help: 'units used; all that is held if not said' },
      { flag: '--overflow', help: 'more than held is taken from what is available' },
    ],
    examples: [
      { command: 'wallet hold capture hold_0190', says: 'all of it' },
      { command: 'wallet hold capture hold_0190 --quantity 4321', says: 'what was used' },
    ],
    kind: 'change',
    async run(call, cli) {
      const used = { quantity: call.text('quantity'), overflow: call.flag('overflow') };
      const result = await (await cli.wallet()).holds.capture(given({ id: call.arg(0), ...used, ...call.change() }));
      const { hold, balance } = result;
      return cli.show(
        result,
        () => `captured ${hold.captured} of ${hold.credits} (${hold.id})\n${balanceLine(balance)}`,
        hold.id,
      );
    },
  },
  {
    path: 'hold release',
    summary: 'give back what is held',
    args: [ID],
    examples: [{ command: 'wallet hold release hold_0190', says: 'the job does not run' }],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).holds.release({ id: call.arg(0), ...call.change() });
      const { hold, balance } = result;
      return cli.show(result, () => `released ${hold.credits} (${hold.id})\n${balanceLine(balance)}`, hold.id);
    },
  },
  {
    path: 'hold show',
    summary: 'a hold as it stands, and what it was captured for',
    args: [ID],
    examples: [{ command: 'wallet hold show hold_0190', says: 'whether it is open, and what became of it' }],
    kind: 'read',
    async run(call, cli) {
      const result = await (await cli.wallet()).holds.show({ id: call.arg(0) });
      const { status, credits, captured, id } = result.hold;
      const usage = result.transaction === null ? '' : `, ${result.transaction.id}`;
      return cli.show(result, () => `${status}: ${captured} of ${credits} captured (${id}${usage})\n`, id);
    },
  },
  {
    path: 'hold list',
    summary: 'the holds',
    details: 'A table on a terminal leaves out those that are captured, released or expired, unless --all is given.',
    examples: [{ command: 'wallet hold list', says: 'what is reserved, and until when' }],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { holds } = await cli.wallet();
      const filter = isWhole(call, cli) ? { all: true } : {};
      return showList(call, cli, {
        name: 'holds',
        columns: COLUMNS,
        fetch: async (page) => pageOf('holds', await holds.list({ ...page, ...filter })),
      });
    },
  },
];

async function createdText({ id, credits, expiresAt }: Hold, cli: Cli): Promise<string> {
  const clock = await cli.clock();
  return `held ${credits} credits until ${clock(expiresAt)} (${id})\n`;
}
