import type { BillingAccount } from '../../contract/billing';
import { type Call, given } from '../call';
import type { Cli } from '../cli';
import type { CommandSpec } from '../spec';

export const commands: readonly CommandSpec[] = [
  {
    path: 'billing account set',
    summary: 'how invoices for credits go out',
    details: 'With a billing account, wallet buy --billing-account sends an invoice; the credits come once it is paid.',
    options: [
      { flag: '--email <address>', help: 'where invoices go', required: true },
      { flag: '--net-days <n>', help: 'days until they are due, 0 to 365', required: true },
      { flag: '--po <text>', help: 'the order number to print on them' },
    ],
    examples: [
      { command: 'wallet billing account set --email ap@acme.example --net-days 30 --po 4711', says: 'due in a month' },
    ],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).billing.set(requestOf(call));
      return cli.show(result, () => describe(result.billingAccount));
    },
  },
  {
    path: 'billing account show',
    summary: 'the billing account',
    examples: [{ command: 'wallet billing account show', says: 'where invoices go, and when they are due' }],
    kind: 'read',
    async run(_call, cli) {
      const result = await (await cli.wallet()).billing.show();
      const { billingAccount: account } = result;
      return cli.show(result, () => (account === null ? 'there is no billing account\n' : describe(account)));
    },
  },
  {
    path: 'billing account off',
    summary: 'no more invoices for credits',
    examples: [{ command: 'wallet billing account off', says: 'what was sent stays payable' }],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).billing.off(call.change());
      return cli.show(result, () => describe(result.billingAccount));
    },
  },
  {
    path: 'billing portal',
    summary: "a link to the card processor's own page",
    examples: [{ command: 'wallet billing portal', says: 'cards and invoices in the browser' }],
    kind: 'read',
    run: openPortal,
  },
];

async function openPortal(_call: Call, cli: Cli): Promise<number> {
  const result = await (await cli.wallet()).billing.portal();
  return cli.show(result, () => `${result.url}\n`, result.url);
}

function requestOf(call: Call) {
  return given({
    // The parser saw to it that both are there.
    email: call.text('email') ?? '',
    netDays: call.text('net-days') ?? '',
    purchaseOrder: call.text('po'),
    ...call.change(),
  });
}

function describe({ email, netDays, purchaseOrder, status }: BillingAccount): string {
  const order = purchaseOrder === null ? '' : `, PO ${purchaseOrder}`;
  return `billing account ${status}: invoices to ${email}, due in ${netDays} days${order}\n`;
}
