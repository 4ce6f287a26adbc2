import { WalletError } from '../../core/errors';
import { type Call, given } from '../call';
import type { Cli } from '../cli';
import { askEmail, askName, askZone } from '../organisation-questions';
import type { CommandSpec } from '../spec';
import { balanceLine, SANDBOX } from '../wording';

export const commands: readonly CommandSpec[] = [
  {
    path: 'init',
    summary: 'create an organisation, and the ledger if there is none',
    details:
      'Safe to repeat. The first organisation of a ledger is its default. Fills a starter catalogue of services with example prices. On a terminal, without --org, it leads through everything a new wallet needs.',
    options: [
      { flag: '--provider <name>', help: 'who moves the money (sandbox if not said)', choices: ['sandbox', 'stripe'] },
      { flag: '--email <address>', help: "the organisation's e-mail address" },
      { flag: '--accounting-contact <address>', help: 'whom to ask about the account' },
      { flag: '--address <lines>', help: 'postal address for documents, lines parted by semicolons' },
      { flag: '--daily-limit <amount>', help: 'the most that may be bought in a day, or none' },
      { flag: '--confirm-above <amount>', help: 'live purchases above it are confirmed by their amount (1000.00)' },
    ],
    examples: [
      { command: 'wallet init --org acme', says: 'with play money: the built-in sandbox' },
      {
        command: 'wallet init --org acme --tz Europe/Berlin --email ada@acme.example',
        says: 'days end at midnight in Berlin',
      },
    ],
    kind: 'change',
    async run(call, cli) {
      if (isGuided(call, cli)) return (await import('../first-run')).guideFirstRun(call, cli);
      const request = given({ ...(await identity(call, cli)), ...termsOf(call), ...call.change() });
      const result = await (await cli.wallet()).organisation.init(request);
      const { org, created, balance } = result;
      const money = org.mode === 'sandbox' ? `${SANDBOX}, no real money` : `${org.provider}, ${org.mode}`;
      const what = `${org.name} ${created ? 'created' : 'is there already'}: ${money}, time zone ${org.timeZone}\n`;
      return cli.show(
        result,
        () => `${what}${balanceLine(balance)}${created ? 'next: wallet card add\n' : ''}`,
        org.name,
      );
    },
  },
];

/** Who gives no name on a terminal is new, and gets the whole way shown. */
function isGuided(call: Call, cli: Cli): boolean {
  const isPlain = !cli.isJson && !cli.isQuiet && !call.has('dry-run') && call.text('idempotency-key') === undefined;
  return isPlain && cli.settings.org.value === undefined && cli.ask.isPossible;
}

/** A name is all that is needed; who has to be asked for it is asked for the rest as well. */
async function identity(call: Call, cli: Cli): Promise<{ org: string; timeZone?: string; email?: string }> {
  const timeZone = cli.settings.tz.value;
  const org = cli.settings.org.value;
  if (org !== undefined) return given({ org, timeZone, email: call.text('email') });
  if (!cli.ask.isPossible) {
    throw new WalletError('invalid_usage', 'the organisation has no name', {
      why: 'there is no terminal to ask for it on',
      hint: 'add --org NAME',
    });
  }
  const name = await askName(cli);
  const email = call.text('email') ?? ((await askEmail(cli)) || undefined);
  return given({ org: name, email, timeZone: timeZone ?? (await askZone(cli)) });
}

function termsOf(call: Call) {
  // The parser saw to it that it is one of the two.
  const provider = call.text('provider') as 'sandbox' | 'stripe' | undefined;
  return given({
    provider,
    accountingContact: call.text('accounting-contact'),
    postalAddress: call.text('address'),
    dailyLimit: call.text('daily-limit'),
    confirmAbove: call.text('confirm-above'),
  });
}
