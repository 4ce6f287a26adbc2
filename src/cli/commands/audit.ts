import type { AuditEntry } from '../../contract/audit';
import type { Column } from '../../output/view';
import { given } from '../call';
import { showList } from '../list';
import { pageOf } from '../list-pages';
import type { CommandSpec } from '../spec';

const COLUMNS: readonly Column<AuditEntry>[] = [
  { key: 'number', title: 'No', kind: 'count', cell: (entry) => entry.number },
  { key: 'time', title: 'Time', kind: 'time', cell: (entry) => entry.time },
  { key: 'actor', title: 'Actor', kind: 'text', cell: (entry) => entry.actor },
  { key: 'action', title: 'Action', kind: 'text', cell: (entry) => entry.action },
  { key: 'subject', title: 'Subject', kind: 'text', cell: (entry) => entry.subject },
  { key: 'reason', title: 'Reason', kind: 'text', cell: (entry) => entry.reason },
  { key: 'transactions', title: 'Transactions', kind: 'count', cell: (entry) => entry.transactions },
  { key: 'hash', title: 'Hash', kind: 'text', cell: (entry) => entry.hash, dataOnly: true },
];

export const commands: readonly CommandSpec[] = [
  {
    path: 'audit',
    summary: 'who changed what, when and why',
    options: [
      { flag: '--actor <name>', help: 'only by this actor' },
      { flag: '--action <name>', help: 'only this kind of change, such as card.add' },
      { flag: '--order <order>', help: 'newest first if not said', choices: ['asc', 'desc'] },
    ],
    examples: [
      { command: 'wallet audit', says: 'the latest changes' },
      { command: 'wallet audit --action card.remove --format csv -o cards.csv', says: 'one kind, for a spreadsheet' },
    ],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { audit } = await cli.wallet();
      // The parser saw to it that it is one of the two.
      const order = call.text('order') as 'asc' | 'desc' | undefined;
      const filter = given({ actor: call.text('actor'), action: call.text('action'), order });
      return showList(call, cli, {
        name: 'audit',
        columns: COLUMNS,
        money: false,
        fetch: async (page) => pageOf('audit', await audit.list({ ...page, ...filter })),
      });
    },
  },
];
