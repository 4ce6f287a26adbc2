import type { Token } from '../../contract/access';
import type { Column } from '../../output/view';
import { given } from '../call';
import { showList } from '../list';
import { pagesOf } from '../list-pages';
import type { CommandSpec } from '../spec';

const COLUMNS: readonly Column<Token>[] = [
  { key: 'id', title: 'Id', kind: 'text', cell: (token) => token.id, whole: true },
  { key: 'name', title: 'Name', kind: 'text', cell: (token) => token.name },
  { key: 'role', title: 'Role', kind: 'text', cell: (token) => token.role },
  { key: 'app', title: 'App', kind: 'text', cell: (token) => token.app },
  { key: 'status', title: 'Status', kind: 'text', cell: (token) => token.status },
  { key: 'expires_at', title: 'Expires', kind: 'time', cell: (token) => token.expiresAt, spare: 2 },
  { key: 'last_used_at', title: 'Last used', kind: 'time', cell: (token) => token.lastUsedAt, spare: 1 },
  { key: 'created_at', title: 'Created', kind: 'time', cell: (token) => token.createdAt, dataOnly: true },
];

export const commands: readonly CommandSpec[] = [
  {
    path: 'token create',
    summary: 'make a token for the API',
    details:
      'The token is shown once and kept as a digest only. It works for this organisation alone. An app may post usage and holds of its app, and nothing else; it never sees the balance.',
    options: [
      { flag: '--role <role>', help: 'what it may do', choices: ['admin', 'accountant', 'app'], required: true },
      { flag: '--app <app>', help: 'the app that a token of the role app is bound to' },
      { flag: '--expires <when>', help: 'a date or a time after which it opens nothing; never if not said' },
      { flag: '--name <name>', help: 'what its changes are signed with in the log' },
    ],
    examples: [
      { command: 'wallet token create --role accountant --name books', says: 'for whoever keeps the books' },
      { command: 'wallet token create --role app --app crm --expires 2027-01-01', says: 'for the app crm' },
    ],
    kind: 'change',
    async run(call, cli) {
      const terms = { app: call.text('app'), expires: call.text('expires'), name: call.text('name') };
      const { access } = await cli.wallet();
      const result = await access.createToken(given({ role: call.text('role') ?? '', ...terms, ...call.change() }));
      if (result.secret !== null) cli.note('keep it now: it is not shown again. Set it as WALLET_API_TOKEN');
      const { token, secret } = result;
      // Also where the first answer was lost on the way, and the one that came says what was done.
      if (secret === null && result.dryRun !== true)
        cli.note(
          `its secret was answered once and can not be told again: revoke ${token.id} and make another if it is lost`,
        );
      return cli.show(result, () => `${secret ?? `${token.id} (${token.role})`}\n`, secret ?? token.id);
    },
  },
  {
    path: 'token list',
    summary: 'the tokens, without their secrets',
    examples: [{ command: 'wallet token list', says: 'newest first' }],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { access } = await cli.wallet();
      return showList(call, cli, {
        name: 'tokens',
        columns: COLUMNS,
        money: false,
        fetch: pagesOf(
          async () => (await access.listTokens()).tokens,
          ({ id }) => id,
        ),
      });
    },
  },
  {
    path: 'token revoke',
    summary: 'end a token at once',
    args: [{ name: 'id', help: 'its id, tok_…' }],
    examples: [{ command: 'wallet token revoke tok_0190', says: 'from now on it opens nothing' }],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).access.revokeToken({ id: call.arg(0), ...call.change() });
      return cli.show(result, () => `${result.token.id} is revoked\n`, result.token.id);
    },
  },
];
