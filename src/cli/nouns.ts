import type { Noun } from './spec';

/** What can be counted: `wallet cards list` is understood as well. */
const COUNTED: ReadonlySet<string> = new Set([
  'purchase',
  'card',
  'grant',
  'hold',
  'service',
  'app',
  'profile',
  'token',
  'user',
  'alert',
]);

/** In the order of the help. */
export const NOUNS: readonly Noun[] = [
  noun('Money', 'balance', 'the credits there are', () => import('./commands/balance')),
  noun('Money', 'status', 'the account at a glance', () => import('./commands/status')),
  noun('Money', 'buy', 'buy credits', () => import('./commands/buy')),
  noun('Money', 'purchase', 'list, show, cancel and refund purchases', () => import('./commands/purchase')),
  noun('Money', 'reconcile', 'settle purchases whose outcome is unknown', () => import('./commands/reconcile')),
  noun('Money', 'card', 'add, edit, choose and remove cards', () => import('./commands/card')),
  noun('Money', 'billing', 'the billing account and the customer portal', () => import('./commands/billing')),
  noun('Money', 'recharge', 'auto top-up', () => import('./commands/recharge'), ['auto-topup', 'topup']),
  noun('Money', 'upcoming', 'what lapses or falls due', () => import('./commands/upcoming')),
  noun('Money', 'alert', 'be told before the credits run out', () => import('./commands/alert')),
  noun('Money', 'grant', 'give promotional credits', () => import('./commands/grant')),
  noun('Money', 'adjust', 'correct the balance', () => import('./commands/adjust')),

  noun('Spending', 'usage', 'record, import and reverse usage', () => import('./commands/usage')),
  noun('Spending', 'hold', 'reserve credits, capture or release them', () => import('./commands/hold')),
  noun('Spending', 'run', 'run a program on held credits', () => import('./commands/run')),
  noun('Spending', 'afford', 'ask whether a job may run', () => import('./commands/afford')),
  noun('Spending', 'service', 'the services and their prices', () => import('./commands/service')),
  noun('Spending', 'app', 'the apps and their budgets', () => import('./commands/app')),

  noun('Spending', 'leads', 'deliveries and leads of campaigns', () => import('./commands/leads')),

  noun('Records', 'transactions', 'every credit that moved', () => import('./commands/transactions'), [
    'transaction',
    'tx',
  ]),
  noun('Records', 'report', 'usage and statements', () => import('./commands/report')),
  noun('Records', 'receipt', 'what was paid, for the books', () => import('./commands/receipt')),
  noun('Records', 'invoice', 'bills for postpaid services', () => import('./commands/invoice')),
  noun('Records', 'period', 'close months and list them', () => import('./commands/period')),
  noun('Records', 'export', 'the books for accounting programs', () => import('./commands/export')),
  noun('Records', 'explain', 'why a transaction has its amount', () => import('./commands/explain')),
  noun('Records', 'audit', 'who changed what, when and why', () => import('./commands/audit')),
  noun('Records', 'verify', 'prove the ledger', () => import('./commands/verify')),

  noun('System', 'plan', 'what a file of rules and prices would change', () => import('./commands/plan')),
  noun('System', 'apply', 'make the ledger as that file says', () => import('./commands/apply')),
  noun('System', 'backup', 'copy the ledger while it is in use', () => import('./commands/backup')),
  noun('System', 'restore', 'put a backup in its place', () => import('./commands/restore')),
  noun('System', 'migrate', 'move the ledger to another file or database', () => import('./commands/migrate')),
  noun('System', 'init', 'create an organisation', () => import('./commands/init')),
  noun('System', 'cron', 'do what is due, by itself', () => import('./commands/cron')),
  noun('System', 'serve', 'the HTTP API over this ledger', () => import('./commands/serve')),
  noun('System', 'token', 'tokens for the API', () => import('./commands/token')),
  noun('System', 'user', 'people and their roles', () => import('./commands/user')),
  noun('System', 'config', 'settings and where they come from', () => import('./commands/config')),
  noun('System', 'profile', 'settings saved under a name', () => import('./commands/profile')),
  noun('System', 'completion', 'complete words with TAB in bash, zsh and fish', async () => {
    const { completionCommand } = await import('./commands/completion');
    return { commands: [completionCommand(NOUNS)] };
  }),
  noun('System', 'demo', 'watch a wallet at work, with play money', () => import('./commands/demo')),
  noun('System', 'help', 'help on a command or a topic', async () => {
    const { helpCommand } = await import('./commands/help');
    return { commands: [helpCommand(NOUNS)] };
  }),
];

function noun(
  group: Noun['group'],
  name: string,
  summary: string,
  load: Noun['load'],
  more: readonly string[] = [],
): Noun {
  return { group, name, summary, load, aliases: COUNTED.has(name) ? [`${name}s`, ...more] : more };
}
