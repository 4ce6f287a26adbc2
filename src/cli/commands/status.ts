import type { WalletStatus } from '../../contract/organisation';
import { primaryNotice } from '../../core/payment/card';
import type { Fact } from '../../output/facts';
import type { Cli } from '../cli';
import { redact } from '../secrets';
import type { CommandSpec } from '../spec';
import { cardName, counted, daysUnreconciled, SANDBOX } from '../wording';

export const commands: readonly CommandSpec[] = [
  {
    path: 'status',
    summary: 'the account at a glance',
    examples: [
      { command: 'wallet status', says: 'balance, cards, auto top-up, what is pending' },
      { command: 'wallet status --json', says: 'the same for programs' },
    ],
    kind: 'read',
    async run(_call, cli) {
      const status = await (await cli.wallet()).organisation.status();
      return cli.show(status, async () => cli.facts(await factsOf(status, cli)));
    },
  },
];

async function factsOf(status: WalletStatus, cli: Cli): Promise<readonly Fact[]> {
  const { org, balance, postpaid, pendingPurchases } = status;
  return [
    ['organisation', `${org.name} (${counted(status.apps, 'app')})`],
    ['money', org.mode === 'sandbox' ? `${SANDBOX}: no real money` : `${org.provider}, ${org.mode}`],
    ['available', `${balance.available} ${balance.currency}`, 'bold'],
    ['posted', balance.posted],
    ['held', balance.held],
    ...(Number(balance.overdraftLimit) === 0 ? [] : [['overdraft', balance.overdraftLimit] as const]),
    ...(org.frozenAt === null ? [] : [['charges', 'frozen: the bank disputes a payment', 'red'] as const]),
    ...cardFacts(status),
    ...keyFacts(status),
    ['auto top-up', rechargeText(status)],
    ['postpaid', `${postpaid.accrued} not paid yet`],
    ...(Number(postpaid.overdue) === 0 ? [] : [['overdue', postpaid.overdue, 'red'] as const]),
    ...alertFacts(status),
    ...pendingPurchases.map((purchase): Fact => ['pending', `${purchase.id}  ${purchase.credits}`, 'yellow']),
    ...reconciliation(status),
    ['last change', await lastChange(status, cli)],
    ['ledger', `${redact(cli.settings.ledger.value ?? '-')} (${cli.settings.ledger.origin})`],
  ];
}

function reconciliation({ org, balance }: WalletStatus): readonly Fact[] {
  if (org.restoredAt !== null) return [['restored', 'no credits move until: wallet reconcile', 'red']];
  const days = daysUnreconciled(org, balance.asOf);
  return days === undefined ? [] : [['reconciled', `${days} days ago; run: wallet reconcile`, 'yellow']];
}

function keyFacts({ missingPermissions }: WalletStatus): readonly Fact[] {
  if (missingPermissions === null) return [['Stripe', 'could not be asked', 'yellow']];
  if (missingPermissions.length === 0) return [];
  return [['Stripe key', `may not use ${missingPermissions.join(', ')}; allow it in the Stripe Dashboard`, 'red']];
}

function cardFacts({ cards }: WalletStatus): readonly Fact[] {
  if (cards.length === 0) return [['cards', 'none; add one with: wallet card add']];
  const notice = primaryNotice(cards);
  const listed = cards.map((card, index): Fact => {
    const role = card.role === 'none' ? '' : `, ${card.role}`;
    const soon = card.expiring ? ', expires soon' : '';
    const state = card.status === 'verified' ? soon : `, ${card.status}`;
    const text = `${cardName(card)}${role}${state}  ${card.id}`;
    return state === '' ? [index === 0 ? 'cards' : '', text] : [index === 0 ? 'cards' : '', text, 'yellow'];
  });
  return notice === null ? listed : [...listed, ['', notice, 'red']];
}

function alertFacts({ alerts, undelivered }: WalletStatus): readonly Fact[] {
  const crossed = alerts.filter(({ status }) => status === 'crossed');
  const told = crossed.map(({ kind, threshold, id }): Fact => ['', `${kind} ${threshold} crossed  ${id}`, 'yellow']);
  const dead = undelivered.dead.map(
    ({ id, destination, error, title }): Fact => [
      '',
      `not delivered to ${destination}: ${title} (${error}); wallet alert retry ${id}`,
      'red',
    ],
  );
  const waiting = undelivered.waiting === 0 ? '' : `, ${counted(undelivered.waiting, 'message')} to be delivered`;
  return [['alerts', `${alerts.length}${waiting}`], ...told, ...dead];
}

function rechargeText({ recharge }: WalletStatus): string {
  if (recharge === null) return 'no rule';
  const amount = recharge.amount === null ? `refill to ${recharge.refillTo}` : `buy ${recharge.amount}`;
  return `${recharge.enabled ? 'on' : 'off'}: below ${recharge.below} ${amount}`;
}

async function lastChange({ lastTransaction }: WalletStatus, cli: Cli): Promise<string> {
  if (lastTransaction === null) return 'none yet';
  const clock = await cli.clock();
  return `${clock(lastTransaction.time)}  ${lastTransaction.type} ${lastTransaction.amount}`;
}
