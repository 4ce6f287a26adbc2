import type { StatementReport } from '../contract/reports';
import { MOVEMENTS } from '../core/report/statement';
import type { Scene } from './demo-scene';
import { balanceLine, counted } from './wording';

const ASKED = { below: '50', amount: '100', monthlyCap: '500' };
const BUSY = { app: 'crm', service: 'sms', quantity: '5000', id: 'sms-2' };

/** How the wallet looks after itself, and how it gives an account of what it did. */
export const UPKEEP_SCENES: readonly Scene[] = [
  {
    says: 'from here on it looks after itself: 100 more when less than 50 is left, at most 500 a month',
    command: 'wallet recharge set --below 50 --amount 100 --monthly-cap 500',
    async play({ recharge }) {
      const result = await recharge.set(ASKED);
      const { below, amount, monthlyCap } = result.recharge;
      const told = `auto top-up: ${amount} when less than ${below} is available, at most ${monthlyCap} a month\n`;
      return { result, told: `${told}as things stand the next check charges nothing\n` };
    },
  },
  {
    says: 'and somebody is told when more is spent than was meant',
    command: 'wallet alert add spend --over 50 --per month --to ada@acme.example',
    async play({ alerts }) {
      const result = await alerts.addSpend({ over: '50', per: 'month', to: ['ada@acme.example'] });
      const { threshold, per, to } = result.alert;
      return { result, told: `alert: more than ${threshold} spent in a ${per}, to ${to.join(', ')}\n` };
    },
  },
  {
    says: 'a busy afternoon: less is left than the rule wants, and more is spent than was meant',
    command: 'wallet usage record --app crm --service sms --quantity 5000 --id sms-2',
    async play({ usage }) {
      const result = await usage.record(BUSY);
      return { result, told: `recorded: ${result.transaction.amount}\n${balanceLine(result.balance)}` };
    },
  },
  {
    says: 'what cron does every five minutes: it tops up',
    command: 'wallet recharge check',
    play: check,
  },
  {
    says: 'a second cron was a moment late: nothing is charged twice',
    command: 'wallet recharge check',
    play: check,
  },
  {
    says: 'what there is to tell, once; wallet cron run sends it (a demo sends nothing)',
    command: 'wallet alert history',
    async play({ alerts }) {
      const result = await alerts.history({});
      return { result, told: result.notices.map(({ title }) => `${title}\n`).join('') };
    },
  },
  {
    says: 'every credit that moved, with the balance after it',
    command: 'wallet transactions --order asc',
    async play({ transactions }) {
      const result = await transactions.list({ order: 'asc', limit: 50 });
      const rows = result.transactions.map(
        ({ type, service, amount, balance }) =>
          `${type.padEnd(9)} ${(service ?? '').padEnd(6)} ${amount.padStart(9)} ${(balance ?? '').padStart(9)}\n`,
      );
      return { result, told: rows.join('') };
    },
  },
  {
    says: 'what the accountant gets; with --format pdf it is a document',
    command: 'wallet report statement --period this-month',
    async play({ reports }) {
      const result = await reports.statement({ period: 'this-month' });
      return { result, told: statementLines(result) };
    },
  },
  {
    says: 'and the proof: every sum is computed again from the log, every row is checked against its seal',
    command: 'wallet verify --full',
    async play({ audit }) {
      const result = await audit.verify({ full: true });
      const verdict = result.ok ? 'the ledger is whole' : 'THE LEDGER FAILED VERIFICATION';
      return { result, told: `${counted(result.transactions, 'transaction')}: ${verdict}\n` };
    },
  },
];

async function check({ recharge }: Parameters<Scene['play']>[0]) {
  const result = await recharge.check({});
  const bought = result.purchase === undefined ? '' : `: ${result.purchase.credits} credits`;
  return { result, told: `${result.outcome}${bought}\n${balanceLine(result.balance)}` };
}

/** What moved, between what there was and what there is. */
function statementLines(statement: StatementReport): string {
  const moved = MOVEMENTS.filter((name) => statement[name] !== '0.00');
  return (['opening', ...moved, 'closing'] as const)
    .map((name) => `${name.padEnd(9)} ${statement[name].padStart(9)}\n`)
    .join('');
}
