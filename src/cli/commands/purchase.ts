import type { Balance } from '../../contract/credit';
import type { Purchase } from '../../contract/purchases';
import type { Column } from '../../output/view';
import { given } from '../call';
import type { Cli, Styled } from '../cli';
import { showList } from '../list';
import { pageOf } from '../list-pages';
import type { CommandSpec } from '../spec';
import { balanceLine, SANDBOX } from '../wording';

const COLUMNS: readonly Column<Purchase>[] = [
  { key: 'id', title: 'Id', kind: 'text', cell: (purchase) => purchase.id },
  { key: 'created_at', title: 'Created', kind: 'time', cell: (purchase) => purchase.createdAt },
  { key: 'status', title: 'Status', kind: 'text', cell: (purchase) => purchase.status },
  { key: 'trigger', title: 'Trigger', kind: 'text', cell: (purchase) => purchase.trigger, spare: 2 },
  { key: 'credits', title: 'Credits', kind: 'amount', cell: (purchase) => purchase.credits },
  { key: 'refunded', title: 'Refunded', kind: 'amount', cell: (purchase) => purchase.refunded, spare: 3 },
  { key: 'payment_method', title: 'Paid by', kind: 'text', cell: (purchase) => purchase.paymentMethod, spare: 1 },
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
  {
    path: 'purchase cancel',
    summary: 'give a pending purchase up',
    details:
      'Cancels the payment at the card processor, and counts the purchase as failed only once that is confirmed: from then on nothing can be charged. If it was paid meanwhile, the credits come instead.',
    args: [{ name: 'id', help: 'its id, pur_…' }],
    examples: [{ command: 'wallet purchase cancel pur_0190', says: 'nothing will be charged any more' }],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).purchases.cancel({ id: call.arg(0), ...call.change() });
      return cli.show(result, () => outcome(result), result.purchase.id);
    },
  },
  {
    path: 'purchase resolve',
    summary: 'take an open purchase further',
    details:
      "Asks the card processor what became of it. One that waits for the card holder is cancelled and replaced by a new purchase on the processor's own page; run it again to see the link again, and wallet reconcile once it is paid. One that needs review ends as its payment proves by now. On a disputed one it says that a person has looked at it: charges, frozen since, are made again.",
    args: [{ name: 'id', help: 'its id, pur_…' }],
    examples: [{ command: 'wallet purchase resolve pur_0190', says: 'the bank asks for authentication' }],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).purchases.resolve({ id: call.arg(0), ...call.change() });
      const { hosted } = result.purchase;
      if (hosted !== null) cli.warn(`pay it here: ${hosted}`);
      return cli.show(result, () => outcome(result), result.purchase.id);
    },
  },
  {
    path: 'purchase refund',
    summary: 'give money back to the card',
    details:
      'At most the unused part of the purchase. The credits go on hold first and leave only when the card processor says that the refund succeeded; if it fails, they come back.',
    args: [{ name: 'id', help: 'its id, pur_…' }],
    options: [{ flag: '--amount <amount>', help: 'a part of it, in steps of 0.01' }],
    examples: [
      { command: 'wallet purchase refund pur_0190', says: 'all that is unused of it' },
      { command: 'wallet purchase refund pur_0190 --amount 12.50 --yes', says: 'a part, without questions' },
    ],
    kind: 'change',
    spends: true,
    async run(call, cli) {
      const request = given({ id: call.arg(0), amount: call.text('amount'), ...call.change() });
      const { purchases } = await cli.wallet();
      if (!request.dryRun) await confirmRefund(request, cli);
      const result = await purchases.refund(request);
      return cli.show(result, () => outcome(result), result.purchase.id);
    },
  },
];

async function confirmRefund(request: { id: string; amount?: string }, cli: Cli): Promise<void> {
  const what = `refunding ${request.amount ?? 'all that is unused'} of ${request.id}`;
  if (cli.ask.saysYes || !cli.ask.isPossible) return cli.ask.confirm(what, what);
  const { amount, ...plan } = request;
  await (await cli.wallet()).purchases.refund({ ...plan, ...given({ amount }), dryRun: true });
  const mode = (await cli.organisation()).mode === 'sandbox' ? `${SANDBOX}, no real money` : 'to the card';
  await cli.ask.confirm(`Refund ${amount ?? 'all that is unused'} of ${request.id} (${mode})?`, what);
}

function outcome({ purchase, balance }: { purchase: Purchase; balance: Balance }): string {
  const refunded = Number(purchase.refunded) === 0 ? '' : `, ${purchase.refunded} refunded`;
  return `purchase ${purchase.id} of ${purchase.credits} is ${purchase.status}${refunded}\n${balanceLine(balance)}`;
}

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
    ...(purchase.hosted === null ? [] : [['pay it here', purchase.hosted] as const]),
    ['memo', purchase.memo],
    ['created', clock(purchase.createdAt)],
    ['settled', purchase.settledAt === null ? null : clock(purchase.settledAt)],
  ]);
}
