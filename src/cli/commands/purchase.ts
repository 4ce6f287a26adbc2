import type { Purchase } from '../../contract/objects';
import type { Column } from '../../output/view';
import type { Cli, Styled } from '../cli';
import { pageOf, showList } from '../list';
import type { CommandSpec } from '../spec';

const COLUMNS: readonly Column<Purchase>[] = [
  { key: 'id', title: 'Id', kind: 'text', cell: (purchase) => purchase.id },
  { key: 'created_at', title: 'Created', kind: 'time', cell: (purchase) => purchase.createdAt },
  { key: 'status', title: 'Status', kind: 'text', cell: (purchase) => purchase.status },
  { key: 'trigger', title: 'Trigger', kind: 'text', cell: (purchase) => purchase.trigger },
  { key: 'credits', title: 'Credits', kind: 'amount', cell: (purchase) => purchase.credits },
  { key: 'refunded', title: 'Refunded', kind: 'amount', cell: (purchase) => purchase.refunded },
  { key: 'payment_method', title: 'Paid by', kind: 'text', cell: (purchase) => purchase.paymentMethod },
  { key: 'provider', title: 'Provider', kind: 'text', cell: (purchase) => purchase.provider, dataOnly: true },
  {
    key: 'provider_reference',
    title: 'Reference',
    kind: 'text',
    cell: (purchase) => purchase.providerReference,
    dataOnly: true,
  },
  { key: 'failure', title: 'Failure', kind: 'text', cell: (purchase) => purchase.failure?.code ?? null },
  { key: 'transaction', title: 'Transaction', kind: 'text', cell: (purchase) => purchase.transaction, dataOnly: true },
  { key: 'memo', title: 'Memo', kind: 'text', cell: (purchase) => purchase.memo, dataOnly: true },
  { key: 'settled_at', title: 'Settled', kind: 'time', cell: (purchase) => purchase.settledAt, dataOnly: true },
];

export const commands: readonly CommandSpec[] = [
  {
    path: 'purchase list',
    summary: 'all purchases, newest first',
    examples: [
      { command: 'wallet purchase list --format csv -o purchases.csv', says: 'all of them, for a spreadsheet' },
    ],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { purchases } = await cli.wallet();
      return showList(call, cli, {
        name: 'purchases',
        columns: COLUMNS,
        fetch: async (page) => pageOf('purchases', await purchases.list(page)),
      });
    },
  },
  {
    path: 'purchase show',
    summary: 'one purchase',
    args: [{ name: 'id', help: 'its id, pur_…' }],
    examples: [{ command: 'wallet purchase show pur_0190', says: 'what became of it' }],
    kind: 'read',
    async run(call, cli) {
      const result = await (await cli.wallet()).purchases.show({ id: call.arg(0) });
      return cli.show(result, () => describe(result.purchase, cli));
    },
  },
];

async function describe(purchase: Purchase, cli: Cli): Promise<Styled> {
  const clock = await cli.clock();
  return cli.facts([
    ['purchase', purchase.id],
    ['status', purchase.status],
    ['credits', purchase.credits],
    ['refunded', purchase.refunded],
    ['paid by', purchase.paymentMethod],
    ['provider', purchase.provider === 'sandbox' ? 'SANDBOX: no real money' : purchase.provider],
    ['reference', purchase.providerReference],
    ['failure', purchase.failure === null ? null : `${purchase.failure.code}: ${purchase.failure.message}`],
    ['transaction', purchase.transaction],
    ['memo', purchase.memo],
    ['created', clock(purchase.createdAt)],
    ['settled', purchase.settledAt === null ? null : clock(purchase.settledAt)],
  ]);
}
