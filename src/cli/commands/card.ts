import type { BillingDetails, Card } from '../../contract/cards';
import { WalletError } from '../../core/errors';
import type { Column } from '../../output/view';
import { type Call, given } from '../call';
import type { Cli, Styled } from '../cli';
import { showList } from '../list';
import { pagesOf } from '../list-pages';
import type { CommandSpec, OptionSpec } from '../spec';
import { cardName, SANDBOX } from '../wording';

const ID = { name: 'id', help: 'its id, card_…' };

const BILLING: readonly OptionSpec[] = [
  { flag: '--name <name>', help: 'name on the card' },
  { flag: '--email <address>', help: 'where receipts go' },
  { flag: '--address-line1 <text>', help: 'street and number' },
  { flag: '--city <text>', help: 'city' },
  { flag: '--state <text>', help: 'state or province' },
  { flag: '--postal-code <text>', help: 'postal code' },
  { flag: '--country <code>', help: 'two letters, such as DE' },
];

const COLUMNS: readonly Column<Card>[] = [
  { key: 'id', title: 'Id', kind: 'text', cell: (card) => card.id },
  { key: 'brand', title: 'Brand', kind: 'text', cell: (card) => card.brand },
  { key: 'last4', title: 'Ending', kind: 'text', cell: (card) => card.last4 },
  { key: 'expires', title: 'Expires', kind: 'text', cell: expiryOf },
  { key: 'role', title: 'Role', kind: 'text', cell: (card) => card.role },
  {
    key: 'status',
    title: 'Status',
    kind: 'text',
    cell: (card) => (card.expiring ? `${card.status}, expires soon` : card.status),
  },
  { key: 'name', title: 'Name', kind: 'text', cell: (card) => card.name, spare: 2 },
  { key: 'email', title: 'E-mail', kind: 'text', cell: (card) => card.email, dataOnly: true },
  { key: 'verified_at', title: 'Verified', kind: 'time', cell: (card) => card.verifiedAt, spare: 1 },
];

/** Of the test cards that card processors publish, one for each way a payment can go. */
const TEST_CARDS = [
  { value: 'pm_card_visa', name: 'Visa: every payment succeeds' },
  { value: 'pm_card_mastercard', name: 'Mastercard: every payment succeeds' },
  { value: 'pm_card_chargeCustomerFail', name: 'Visa: can be stored, every payment is declined' },
  { value: 'pm_card_chargeDeclined', name: 'Visa: cannot even be stored' },
  { value: 'pm_card_authenticationRequired', name: 'Visa: every payment asks for authentication' },
];

export const commands: readonly CommandSpec[] = [
  {
    path: 'card add',
    summary: 'store a card',
    details:
      'The first card becomes primary. Card numbers never enter this program: a card is named by the id that the card processor gave it. In the sandbox that is one of the published test tokens, such as pm_card_visa. With Stripe and no --payment-method it prints the link of a page on which the card is typed in, and waits for it.',
    options: [
      { flag: '--payment-method <id>', help: "the processor's id of the card, pm_…" },
      { flag: '--role <role>', help: 'what it is for', choices: ['primary', 'backup'] },
      { flag: '--no-wait', help: 'print the link and end; wallet card sync finishes it' },
      ...BILLING,
    ],
    examples: [
      { command: 'wallet card add', says: 'in the sandbox it asks which test card' },
      { command: 'wallet card add --payment-method pm_card_visa --role backup', says: 'without questions' },
    ],
    kind: 'change',
    dryRun: false,
    async run(call, cli) {
      const named = call.text('payment-method');
      if (named === undefined && (await cli.organisation()).provider === 'stripe') return addOnPage(call, cli);
      const paymentMethod = named ?? (await chooseTestCard(cli));
      // The parser saw to it that it is one of the two.
      const role = call.text('role') as 'primary' | 'backup' | undefined;
      const wallet = await cli.wallet();
      const result = await wallet.cards.add(given({ paymentMethod, role, ...billingOf(call), ...call.change() }));
      if (result.notice !== undefined) cli.note(result.notice);
      return cli.show(result, async () => `added ${await line(result.card, cli)}`, result.card.id);
    },
  },
  {
    path: 'card sync',
    summary: 'finish a card setup that was left open',
    examples: [{ command: 'wallet card sync', says: 'after Ctrl-C, or after card add --no-wait' }],
    kind: 'change',
    dryRun: false,
    async run(call, cli) {
      const result = await (await cli.wallet()).cards.sync(call.change());
      for (const notice of result.notices) cli.note(notice);
      const open = result.setups.filter((setup) => setup.status === 'open');
      return cli.show(result, async () => {
        const added = await Promise.all(result.cards.map(async (card) => `added ${await line(card, cli)}`));
        const waiting = open.map((setup) => `still open: ${setup.url}\n`);
        return [...added, ...waiting].join('') || 'no card setup was open\n';
      });
    },
  },
  {
    path: 'card list',
    summary: 'the cards on file',
    examples: [{ command: 'wallet card list', says: 'with their roles' }],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { cards } = await cli.wallet();
      return showList(call, cli, {
        name: 'cards',
        columns: COLUMNS,
        fetch: pagesOf(
          async () => (await cards.list()).cards,
          ({ id }) => id,
        ),
      });
    },
  },
  {
    path: 'card show',
    summary: 'one card',
    args: [ID],
    examples: [{ command: 'wallet card show card_0190', says: 'with its billing details' }],
    kind: 'read',
    async run(call, cli) {
      const result = await (await cli.wallet()).cards.show({ id: call.arg(0) });
      return cli.show(result, () => describe(result.card, cli));
    },
  },
  {
    path: 'card edit',
    summary: 'change billing details or expiry',
    args: [ID],
    options: [{ flag: '--exp <MM/YYYY>', help: 'new expiry date' }, ...BILLING],
    examples: [{ command: 'wallet card edit card_0190 --exp 08/2030', says: 'the bank sent a new card' }],
    kind: 'change',
    async run(call, cli) {
      const change = given({ id: call.arg(0), expiry: call.text('exp'), ...billingOf(call), ...call.change() });
      const result = await (await cli.wallet()).cards.edit(change);
      return cli.show(result, async () => `changed ${await line(result.card, cli)}`, result.card.id);
    },
  },
  assign('primary', 'charge this card first'),
  assign('backup', 'charge this card when the primary one is declined'),
  {
    path: 'card remove',
    summary: 'take a card off file',
    details:
      'The last card, and the last one that auto top-up can charge, can only be replaced, or removed with --force, which turns auto top-up off.',
    args: [ID],
    options: [
      { flag: '--replace-with <id>', help: 'the card that takes over its role' },
      { flag: '--force', help: 'even if it is the last one' },
    ],
    examples: [{ command: 'wallet card remove card_0190 --replace-with card_0191', says: 'another takes its place' }],
    kind: 'change',
    async run(call, cli) {
      const { cards } = await cli.wallet();
      const replaceWith = call.text('replace-with');
      const result = await cards.remove(
        given({ id: call.arg(0), replaceWith, force: call.flag('force'), ...call.change() }),
      );
      if (result.notice !== undefined) cli.note(result.notice);
      return cli.show(result, () => `removed ${cardName(result.card)} (${result.card.id})\n`, result.card.id);
    },
  },
];

function assign(role: 'primary' | 'backup', summary: string): CommandSpec {
  return {
    path: `card ${role}`,
    summary,
    details: 'The primary and the backup card change places where one of them is given the role of the other.',
    args: [ID],
    examples: [{ command: `wallet card ${role} card_0190`, says: `make it the ${role} card` }],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).cards.assign({ id: call.arg(0), role, ...call.change() });
      if (result.notice !== undefined) cli.note(result.notice);
      return cli.show(result, () => line(result.card, cli), result.card.id);
    },
  };
}

/** The card is typed in on the processor's page; here only its link is shown. */
async function addOnPage(call: Call, cli: Cli): Promise<number> {
  // The parser saw to it that it is one of the two.
  const role = call.text('role') as 'primary' | 'backup' | undefined;
  const { cards } = await cli.wallet();
  const { setup, ...flags } = await cards.setup(given({ role, ...call.change() }));
  cli.warn(`type the card in here: ${setup.url}`);
  if (call.has('no-wait'))
    return cli.show({ setup, ...flags }, () => 'when it is done, run: wallet card sync\n', setup.id);
  const { showCode, waitForCard } = await import('../card-page');
  await showCode(setup.url, cli);
  const card = await waitForCard(setup, cli);
  return cli.show({ card, ...flags }, async () => `added ${await line(card, cli)}`, card.id);
}

async function chooseTestCard(cli: Cli): Promise<string> {
  const isSandbox = (await cli.organisation()).mode === 'sandbox';
  if (isSandbox && cli.ask.isPossible) return cli.ask.select(`Which test card? (${SANDBOX})`, TEST_CARDS);
  throw new WalletError('invalid_usage', 'no card was named', {
    why: isSandbox
      ? 'there is no terminal to ask on which test card it should be'
      : 'a card is named by its id at the processor',
    hint: isSandbox ? 'add --payment-method pm_card_visa' : 'add --payment-method pm_…',
  });
}

function billingOf(call: Call): BillingDetails {
  const address = given({
    line1: call.text('address-line1'),
    city: call.text('city'),
    state: call.text('state'),
    postalCode: call.text('postal-code'),
    country: call.text('country'),
  });
  const hasAddress = Object.keys(address).length > 0;
  return given({ name: call.text('name'), email: call.text('email'), address: hasAddress ? address : undefined });
}

function expiryOf({ expMonth, expYear }: Card): string {
  return `${String(expMonth).padStart(2, '0')}/${expYear}`;
}

async function line(card: Card, cli: Cli): Promise<string> {
  const sandbox = (await cli.organisation()).mode === 'sandbox' ? `  ${SANDBOX}` : '';
  const role = card.role === 'none' ? '' : `, ${card.role}`;
  return `${cardName(card)}, expires ${expiryOf(card)}${role} (${card.id})${sandbox}\n`;
}

async function describe(card: Card, cli: Cli): Promise<Styled> {
  const { address } = card;
  const lines = [address.line1, address.postalCode, address.city, address.state, address.country].filter(
    (part) => part !== null,
  );
  return cli.facts([
    ['card', card.id],
    ['what', cardName(card)],
    ['expires', expiryOf(card)],
    ['role', card.role],
    ['status', card.expiring ? `${card.status}, expires soon: wallet card edit or wallet card add` : card.status],
    ['verified', card.verifiedAt === null ? null : (await cli.clock())(card.verifiedAt)],
    ['name', card.name],
    ['e-mail', card.email],
    ['address', lines.length === 0 ? null : lines.join(', ')],
    ['provider', (await cli.organisation()).mode === 'sandbox' ? SANDBOX : 'stripe'],
  ]);
}
