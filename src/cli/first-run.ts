import { parseCredits } from '../core/credits';
import { WalletError } from '../core/errors';
import { parsePurchaseAmount } from '../core/payment/purchase';
import type { Call } from './call';
import type { Cli } from './cli';
import { askEmail, askName, askZone, orEmpty } from './organisation-questions';
import { scriptLine } from './shell-words';
import type { Choice } from './terminal-prompts';

const TEST_CARDS: readonly Choice[] = [
  { value: 'pm_card_visa', name: 'Visa: every payment succeeds' },
  { value: 'pm_card_mastercard', name: 'Mastercard: every payment succeeds' },
  { value: '', name: 'no card yet' },
];
/** Settings that the newcomer gave on the command line: the steps go by them too, and so will the script. */
const CARRIED = ['ledger', 'profile', 'as'];

/** The questions and the commands that came of them, in order. */
interface Guide {
  readonly cli: Cli;
  readonly call: Call;
  /** Commands that were run, as words: the script at the end. */
  readonly done: (readonly string[])[];
}

/**
 * Leads a newcomer from nothing to a wallet that looks after itself. Each answer becomes a command, run as if it had
 * been typed, so the script at the end is what happened. Answers the exit status.
 */
export async function guideFirstRun(call: Call, cli: Cli): Promise<number> {
  const guide: Guide = { cli, call, done: [] };
  cli.warn('This sets up a wallet: prepaid credits that apps spend. A credit is a US dollar.');
  const organisation = await makeOrganisation(guide);
  if (organisation === undefined) return 2;
  const hasCard = await addCard(guide, organisation.provider);
  if (hasCard) await setTopUp(guide);
  await addAlert(guide, organisation.email);
  return tellScript(guide, hasCard);
}

async function makeOrganisation({ cli, call, done }: Guide): Promise<{ provider: string; email: string } | undefined> {
  const { ask } = cli;
  say(cli, 'The balance belongs to an organisation; all its apps share it.');
  const org = await askName(cli);
  const email = call.text('email') ?? (await askEmail(cli));
  say(cli, "Days and months end at midnight in the organisation's time zone.");
  const tz = cli.settings.tz.value ?? (await askZone(cli));
  say(cli, 'The processor moves the money. The sandbox only plays it: nothing is at stake.');
  const provider = call.text('provider') ?? (await ask.select('Processor', PROVIDERS));
  const contact = call.text('accounting-contact');
  const address = call.text('address');
  const words = [
    ...['init', '--org', org, '--tz', tz, '--provider', provider],
    ...(email === '' ? [] : ['--email', email]),
    ...(contact === undefined ? [] : ['--accounting-contact', contact]),
    ...(address === undefined ? [] : ['--address', address]),
  ];
  return (await perform({ cli, call, done }, words)) ? { provider, email } : undefined;
}

const PROVIDERS: readonly Choice[] = [
  { value: 'sandbox', name: 'sandbox: play money, nothing to set up' },
  { value: 'stripe', name: 'Stripe: needs a key in STRIPE_API_KEY' },
];

/** Whether there is a card now. */
async function addCard(guide: Guide, provider: string): Promise<boolean> {
  const { cli } = guide;
  say(cli, 'Credits are bought with a stored card. Its number never enters this program.');
  const card =
    provider === 'sandbox'
      ? await cli.ask.select('Which test card? (SANDBOX)', TEST_CARDS)
      : await cli.ask.select("Add a card on Stripe's page?", STRIPE_PAGE);
  if (card === '') return false;
  return perform(guide, card === 'page' ? ['card', 'add'] : ['card', 'add', '--payment-method', card]);
}

const STRIPE_PAGE: readonly Choice[] = [
  { value: 'page', name: 'yes, show me the page' },
  { value: '', name: 'not yet' },
];

async function setTopUp(guide: Guide): Promise<void> {
  const { cli } = guide;
  say(cli, 'Auto top-up buys credits by itself, before they run out half way.');
  const below = await cli.ask.input('Top up when less than this is available (empty for no auto top-up)', {
    check: orEmpty(parseCredits),
  });
  if (below === '') return;
  const amount = await cli.ask.input('How much to buy then', { fallback: '100', check: isPurchase });
  const cap = await cli.ask.input('At most how much in a month (empty for no cap)', { check: orEmpty(parseCredits) });
  const words = ['recharge', 'set', '--below', below, '--amount', amount];
  // What it would charge is left to the first check: setting up takes no money.
  await perform(guide, [...words, ...(cap === '' ? [] : ['--monthly-cap', cap]), '--yes']);
}

async function addAlert(guide: Guide, email: string): Promise<void> {
  const { cli } = guide;
  say(cli, 'An alert tells somebody once when the credits fall below a mark.');
  const below = await cli.ask.input('Alert when less than this is available (empty for no alert)', {
    check: orEmpty(parseCredits),
  });
  if (below === '') return;
  const to = await cli.ask.input('To which e-mail address or https URL', email === '' ? {} : { fallback: email });
  const isSet = await perform(guide, ['alert', 'add', 'low-balance', '--below', below, '--to', to]);
  const needed = to.includes('://') ? 'WALLET_WEBHOOK_SECRET' : 'WALLET_SMTP_URL';
  if (isSet && !cli.world.env[needed]) say(cli, `What it tells waits until ${needed} is set: wallet help environment`);
}

function isPurchase(text: string): void {
  parsePurchaseAmount(text, undefined);
}

/** Runs the command and keeps it for the script. What fails has said why; the way goes on without it. */
async function perform({ cli, call, done }: Guide, words: readonly string[]): Promise<boolean> {
  const carried = CARRIED.flatMap((name) => {
    const value = call.text(name);
    return value === undefined ? [] : [`--${name}`, value];
  });
  const line = [...words, ...carried];
  say(cli, `$ ${scriptLine(line)}`);
  const status = await cli.again(line);
  if (status === 0) done.push(line);
  else cli.warn('That did not work; the same command does it later.');
  return status === 0;
}

async function tellScript({ cli, done }: Guide, hasCard: boolean): Promise<number> {
  say(cli, 'Done. The same as a script:');
  await cli.stdout.write(done.map((words) => `${scriptLine(words)}\n`).join(''));
  say(cli, `next: ${hasCard ? 'wallet buy 100' : 'wallet card add'}`);
  if (done.some(([noun]) => noun === 'recharge' || noun === 'alert'))
    cli.warn('then: wallet cron install (auto top-up and alerts come about when cron runs)');
  return 0;
}

/** A paragraph of its own. */
function say(cli: Cli, text: string): void {
  cli.warn('');
  cli.warn(text);
}

/** Whether there is nothing yet: then `wallet` alone leads on instead of listing its commands. */
export async function isNewHere(cli: Cli): Promise<boolean> {
  try {
    await cli.organisation();
    return false;
  } catch (error) {
    return error instanceof WalletError && error.code === 'not_initialised';
  }
}
