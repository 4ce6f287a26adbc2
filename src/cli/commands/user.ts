import type { User } from '../../contract/access';
import type { Column } from '../../output/view';
import { given } from '../call';
import { showList } from '../list';
import { pagesOf } from '../list-pages';
import type { CommandSpec } from '../spec';

const COLUMNS: readonly Column<User>[] = [
  { key: 'user', title: 'User', kind: 'text', cell: (user) => user.user, whole: true },
  { key: 'email', title: 'E-mail', kind: 'text', cell: (user) => user.email },
  { key: 'role', title: 'Role', kind: 'text', cell: (user) => user.role },
  { key: 'app', title: 'App', kind: 'text', cell: (user) => user.app },
  { key: 'created_at', title: 'Created', kind: 'time', cell: (user) => user.createdAt, dataOnly: true },
];
const USER = { name: 'user', help: 'the name that --as gives' };
const APP = { flag: '--app <app>', help: 'the app that a user of the role app is bound to' };
const ROLES = ['admin', 'accountant', 'app'];

export const commands: readonly CommandSpec[] = [
  {
    path: 'user add',
    summary: 'register a person and their role',
    details:
      'On a ledger file whoever can open it is its administrator, unless they act in the name of a registered user: then with that role. Over the API the token says who asks.',
    args: [USER],
    options: [
      { flag: '--email <address>', help: 'where they are reached', required: true },
      { flag: '--role <role>', help: 'what they may do', choices: ROLES, required: true },
      APP,
    ],
    examples: [
      { command: 'wallet user add ben --email ben@example.com --role accountant', says: 'he keeps the books' },
    ],
    kind: 'change',
    async run(call, cli) {
      const { access } = await cli.wallet();
      const terms = { email: call.text('email') ?? '', role: call.text('role') ?? '', app: call.text('app') };
      const result = await access.addUser(given({ user: call.arg(0), ...terms, ...call.change() }));
      return cli.show(result, () => `${result.user.user} is ${wordOf(result.user)} now\n`, result.user.user);
    },
  },
  {
    path: 'user list',
    summary: 'the registered people',
    examples: [{ command: 'wallet user list', says: 'by name' }],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { access } = await cli.wallet();
      return showList(call, cli, {
        name: 'users',
        columns: COLUMNS,
        money: false,
        fetch: pagesOf(
          async () => (await access.listUsers()).users,
          ({ user }) => user,
        ),
      });
    },
  },
  {
    path: 'user role',
    summary: 'change what a person may do',
    args: [USER, { name: 'role', help: 'admin, accountant or app' }],
    options: [APP],
    examples: [{ command: 'wallet user role ben admin', says: 'he may do everything' }],
    kind: 'change',
    async run(call, cli) {
      const { access } = await cli.wallet();
      const terms = { user: call.arg(0), role: call.arg(1), app: call.text('app') };
      const result = await access.setRole(given({ ...terms, ...call.change() }));
      return cli.show(result, () => `${result.user.user} is ${wordOf(result.user)} now\n`, result.user.user);
    },
  },
  {
    path: 'user remove',
    summary: 'take a person out',
    args: [USER],
    examples: [{ command: 'wallet user remove ben', says: 'the log keeps what he did' }],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).access.removeUser({ user: call.arg(0), ...call.change() });
      return cli.show(result, () => `removed ${result.user.user}\n`, result.user.user);
    },
  },
];

function wordOf({ role, app }: User): string {
  return role === 'app' ? `app for ${app}` : role;
}
