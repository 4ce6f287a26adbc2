import type { Balance } from '../../contract/credit';
import type { BuyRequest, Purchase } from '../../contract/purchases';
import { parseCredits, readCredits } from '../../core/credits';
import { type Call, given } from '../call';
import type { Cli } from '../cli';
import type { CommandSpec } from '../spec';
import { balanceLine, cardName, SANDBOX } from '../wording';

export const commands: readonly CommandSpec[] = [
  {
    path: 'buy',
    summary: 'buy credits with a card or on account',
    details:
      'One credit is one US dollar. Charges the primary card unless told otherwise. Whatever happens on the way, it is charged once and credited once, or not at all.',
    args: [{ name: 'credits', help: 'how many, in steps of 0.01; 1 at least' }],
    options: [
      { flag: '--card <id>', help: 'another card than the primary one', conflicts: ['billing-account'] },
      { flag: '--billing-account', help: 'by invoice; the credits come when it is paid' },
      { flag: '--memo <text>', help: 'a note for the records' },
      { flag: '--confirm-amount <amount>', help: 'the amount once more: for large purchases of real money' },
      { flag: '--new', help: 'although an earlier purchase is unresolved' },
    ],
    examples: [
      { command: 'wallet buy 100', says: 'asks first, then charges the primary card' },
      { command: 'wallet buy 250.50 --card card_0190 --memo "autumn campaign"', says: 'another card, with a note' },
      {
        command: 'wallet buy 100 --yes --idempotency-key order-77',
        says: 'from a script: once, however often it runs',
      },
    ],
    kind: 'change',
    spends: true,
    async run(call, cli) {
      const request = requestOf(call);
      const wallet = await cli.wallet();
      if (request.dryRun) {
        const plan = await wallet.purchases.buy(request);
        return cli.show(plan, async () => `charge ${await planText(plan.purchase, plan.balance, cli)}\n`);
      }
      const result = await wallet.purchases.buy({ ...request, ...(await confirmPurchase(request, cli)) });
      // Whoever was cut off and asks again may not know that the first one was paid as well.
      for (const { id, credits, status } of result.settled ?? [])
        cli.note(`settled first: ${id} of ${credits} credits has ${status}`);
      return cli.show(result, () => `${outcome(result.purchase)}${balanceLine(result.balance)}`, result.purchase.id);
    },
  },
];

function requestOf(call: Call): BuyRequest {
  parseCredits(call.arg(0)); // a slip of the finger is told before anybody is asked to confirm it
  return given({
    credits: call.arg(0),
    card: call.text('card'),
    billingAccount: call.flag('billing-account'),
    confirmAmount: call.text('confirm-amount'),
    memo: call.text('memo'),
    again: call.flag('new'),
    ...call.change(),
  });
}

/** Says what will be charged to what, and what the balance will be; the service checks it all in a dry run first. */
async function confirmPurchase(request: BuyRequest, cli: Cli): Promise<{ confirmAmount?: string }> {
  const what = `buying ${request.credits} credits`;
  if (cli.ask.saysYes || !cli.ask.isPossible) {
    await cli.ask.confirm(what, what);
    return {};
  }
  const { idempotencyKey: _, ...plan } = request;
  const { purchase, balance } = await (await cli.wallet()).purchases.buy({ ...plan, dryRun: true });
  await cli.ask.confirm(`Charge ${await planText(purchase, balance, cli)}?`, what);
  const { mode, confirmAbove } = await cli.organisation();
  if (mode !== 'live' || request.confirmAmount !== undefined) return {};
  if (readCredits(purchase.credits) <= readCredits(confirmAbove)) return {};
  return { confirmAmount: await cli.ask.input(`Type the amount, ${purchase.credits}, to confirm it`) };
}

/** `balance` is what a dry run foresees: `100.00 USD to visa ending 4242 (SANDBOX, no real money), available afterwards 120.00`. */
async function planText(purchase: Purchase, balance: Balance, cli: Cli): Promise<string> {
  const isOnAccount = purchase.paymentMethod === 'billing_account';
  const from = isOnAccount ? 'the billing account' : await cardOf(purchase, cli);
  const mode = balance.sandbox ? `${SANDBOX}, no real money` : (await cli.organisation()).mode;
  return `${purchase.credits} USD to ${from} (${mode}), available ${isOnAccount ? 'until it is paid' : 'afterwards'} ${balance.available}`;
}

async function cardOf(purchase: Purchase, cli: Cli): Promise<string> {
  const { card } = await (await cli.wallet()).cards.show({ id: purchase.paymentMethod });
  return cardName(card);
}

function outcome({ id, status, credits, paymentMethod }: Purchase): string {
  if (status === 'succeeded') return `bought ${credits} credits (${id})\n`;
  if (paymentMethod === 'billing_account')
    return `ordered ${credits} credits on account (${id}); they come when the invoice is paid\n`;
  return `purchase of ${credits} credits is ${status} (${id})\n`;
}
