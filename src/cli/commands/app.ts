import type { App } from '../../contract/catalogue';
import type { Column } from '../../output/view';
import { given } from '../call';
import type { Cli, Styled } from '../cli';
import { showList } from '../list';
import { pagesOf } from '../list-pages';
import type { CommandSpec } from '../spec';

const APP = { name: 'app', help: 'its name, such as crm' };

const COLUMNS: readonly Column<App>[] = [
  { key: 'app', title: 'App', kind: 'text', cell: (app) => app.app, whole: true },
  { key: 'id', title: 'Id', kind: 'text', cell: (app) => app.id, dataOnly: true },
  { key: 'name', title: 'Name', kind: 'text', cell: (app) => app.name },
  { key: 'status', title: 'Status', kind: 'text', cell: (app) => app.status },
  { key: 'spent_this_month', title: 'Spent this month', kind: 'amount', cell: (app) => app.spentThisMonth },
  { key: 'monthly_limit', title: 'Limit', kind: 'amount', cell: (app) => app.limit?.monthly ?? null },
  { key: 'on_limit', title: 'On limit', kind: 'text', cell: (app) => app.limit?.onLimit ?? null },
];

export const commands: readonly CommandSpec[] = [
  {
    path: 'app add',
    summary: 'register an app that spends credits',
    args: [APP],
    options: [{ flag: '--name <name>', help: 'its name for people' }],
    examples: [{ command: 'wallet app add crm --name "Customer desk"', says: 'now usage can be recorded for it' }],
    kind: 'change',
    async run(call, cli) {
      const request = given({ app: call.arg(0), name: call.text('name'), ...call.change() });
      const result = await (await cli.wallet()).catalogue.addApp(request);
      return cli.show(result, () => `added the app ${result.app.app}\n`, result.app.app);
    },
  },
  {
    path: 'app list',
    summary: 'the apps and what they spent this month',
    examples: [{ command: 'wallet app list', says: 'with their limits' }],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { catalogue } = await cli.wallet();
      return showList(call, cli, {
        name: 'apps',
        columns: COLUMNS,
        fetch: pagesOf(
          async () => (await catalogue.listApps()).apps,
          ({ app }) => app,
        ),
      });
    },
  },
  {
    path: 'app show',
    summary: 'one app',
    args: [APP],
    examples: [{ command: 'wallet app show crm', says: 'its limit and what it spent' }],
    kind: 'read',
    async run(call, cli) {
      const result = await (await cli.wallet()).catalogue.showApp({ app: call.arg(0) });
      return cli.show(result, () => describe(result.app, cli));
    },
  },
  {
    path: 'app limit',
    summary: 'give an app a monthly budget',
    args: [APP],
    options: [
      { flag: '--monthly <amount>', help: 'credits a calendar month', required: true },
      { flag: '--on-limit <what>', help: 'beyond it', choices: ['warn', 'block'] },
    ],
    examples: [{ command: 'wallet app limit crm --monthly 500 --on-limit block', says: 'no more than 500 a month' }],
    kind: 'change',
    async run(call, cli) {
      const onLimit = call.text('on-limit');
      const request = given({ app: call.arg(0), monthly: call.text('monthly') ?? '', onLimit, ...call.change() });
      const result = await (await cli.wallet()).catalogue.limitApp(request);
      return cli.show(result, () => `${result.app.app}: ${limitText(result.app)}\n`, result.app.app);
    },
  },
  {
    path: 'app archive',
    summary: 'take an app out of use',
    args: [APP],
    examples: [{ command: 'wallet app archive crm', says: 'its history stays' }],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).catalogue.archiveApp({ app: call.arg(0), ...call.change() });
      return cli.show(result, () => `archived the app ${result.app.app}\n`, result.app.app);
    },
  },
];

function limitText({ limit, spentThisMonth }: App): string {
  if (limit === null) return `no limit, ${spentThisMonth} spent this month`;
  return `${limit.monthly} a month, then ${limit.onLimit}; ${spentThisMonth} spent this month`;
}

async function describe(app: App, cli: Cli): Promise<Styled> {
  const clock = await cli.clock();
  return cli.facts([
    ['app', app.app],
    ['name', app.name],
    ['id', app.id],
    ['status', app.status],
    ['budget', limitText(app)],
    ['created', clock(app.createdAt)],
  ]);
}
