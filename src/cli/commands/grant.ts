import type { Grant } from '../../contract/credit';
import type { Column } from '../../output/view';
import { given } from '../call';
import { showList } from '../list';
import { pageOf } from '../list-pages';
import { isWhole } from '../list-plan';
import type { CommandSpec } from '../spec';
import { balanceLine } from '../wording';

const COLUMNS: readonly Column<Grant>[] = [
  { key: 'id', title: 'Id', kind: 'text', cell: (grant) => grant.id },
  { key: 'created_at', title: 'Created', kind: 'time', cell: (grant) => grant.createdAt, spare: 2 },
  { key: 'kind', title: 'Kind', kind: 'text', cell: (grant) => grant.kind },
  { key: 'credits', title: 'Credits', kind: 'amount', cell: (grant) => grant.credits },
  { key: 'remaining', title: 'Remaining', kind: 'amount', cell: (grant) => grant.remaining },
  { key: 'priority', title: 'Priority', kind: 'count', cell: (grant) => grant.priority, spare: 3 },
  { key: 'expires_at', title: 'Expires', kind: 'time', cell: (grant) => grant.expiresAt },
  { key: 'source', title: 'Source', kind: 'text', cell: (grant) => grant.source, spare: 1 },
];

export const commands: readonly CommandSpec[] = [
  {
    path: 'grant add',
    summary: 'give promotional credits',
    args: [{ name: 'credits', help: 'how many' }],
    options: [
      { flag: '--reason <text>', help: 'why, for the audit trail', required: true },
      { flag: '--expires <when>', help: 'a date or time; what is left then lapses' },
      { flag: '--priority <n>', help: 'lower is spent first; 100 if not said' },
    ],
    examples: [
      { command: 'wallet grant add 25 --reason "welcome"', says: 'credits that never lapse' },
      { command: 'wallet grant add 10 --reason "spring offer" --expires 2027-04-01', says: 'to be spent by then' },
    ],
    kind: 'change',
    async run(call, cli) {
      const terms = {
        reason: call.text('reason') ?? '',
        expires: call.text('expires'),
        priority: call.text('priority'),
      };
      const result = await (await cli.wallet()).credit.addGrant(
        given({ credits: call.arg(0), ...terms, ...call.change() }),
      );
      const { grant, balance } = result;
      return cli.show(
        result,
        () => `granted ${grant.credits} credits (${grant.id})\n${balanceLine(balance)}`,
        grant.id,
      );
    },
  },
  {
    path: 'grant list',
    summary: 'the grants, purchased and promotional',
    details: 'A table on a terminal leaves out those of which nothing is left, unless --all is given.',
    examples: [{ command: 'wallet grant list', says: 'what there is, and when it lapses' }],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { credit } = await cli.wallet();
      const filter = isWhole(call, cli) ? { all: true } : {};
      return showList(call, cli, {
        name: 'grants',
        columns: COLUMNS,
        fetch: async (page) => pageOf('grants', await credit.listGrants({ ...page, ...filter })),
      });
    },
  },
  {
    path: 'grant void',
    summary: 'end what is left of a grant',
    args: [{ name: 'id', help: 'its id, grant_…' }],
    examples: [{ command: 'wallet grant void grant_0190', says: 'what is left of it is taken back' }],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).credit.voidGrant({ id: call.arg(0), ...call.change() });
      const { grant, balance } = result;
      return cli.show(result, () => `voided ${grant.id}\n${balanceLine(balance)}`, grant.id);
    },
  },
];
