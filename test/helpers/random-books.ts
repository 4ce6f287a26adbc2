import type { Transaction, TransactionFilter } from '../../src/contract/transactions';
import type { UsageRow } from '../../src/contract/usage';
import type { WalletService } from '../../src/contract/wallet-service';
import { type Books, openBooks } from './books';

/** A small generator of its own, so that a seed names a ledger for ever. */
export function createDice(seed: number) {
  let state = seed >>> 0;
  const roll = (sides: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
  return { roll, pick: <T>(items: readonly [T, ...T[]]): T => items[roll(items.length)] ?? items[0] };
}

const APPS = ['crm', 'shop', 'web'] as const;
const CAMPAIGNS = [undefined, 'spring', 'autumn "sale"', '=cmd|x'] as const;
const SERVICES = ['sms', 'email', 'validation', 'smart-match', 'audio-transcription'] as const;

/** A ledger with every kind of movement over three months, in a zone with summer time. */
export async function randomBooks(seed: number, events = 120): Promise<Books> {
  const dice = createDice(seed);
  const books = await openBooks('2026-09-01T00:30:00Z');
  const { wallet } = books;
  await wallet.organisation.init({ org: 'Acme', timeZone: dice.pick(['Europe/Berlin', 'America/New_York', 'UTC']) });
  await wallet.cards.add({ paymentMethod: 'pm_card_visa' });
  for (const app of APPS) await wallet.catalogue.addApp({ app });
  await wallet.credit.addGrant({ credits: '5000', reason: 'start' });
  await wallet.credit.addGrant({ credits: '40', reason: 'lapses', expires: '2026-10-10' });
  await wallet.purchases.buy({ credits: '150.5' });
  await wallet.usage.postBatch({ rows: Array.from({ length: events }, (_, line) => randomEvent(dice, line)) });
  books.setNow('2026-11-20T12:00:00Z');
  await wallet.credit.adjust({ direction: 'remove', credits: '3.000001', reason: 'a correction' });
  await wallet.purchases.buy({ credits: '20' });
  await reverseSome(wallet, dice);
  await wallet.holds.create({ app: 'crm', service: 'sms', credits: '7.5' });
  return books;
}

function randomEvent(dice: ReturnType<typeof createDice>, line: number): UsageRow {
  const campaign = dice.pick(CAMPAIGNS);
  const user = dice.pick([undefined, 'ada', 'bob']);
  const at = Date.UTC(2026, 5, 1) + dice.roll(90 * 24 * 60) * 60_000;
  return {
    line,
    app: dice.pick(APPS),
    service: dice.pick(SERVICES),
    quantity: String(1 + dice.roll(400)),
    time: new Date(at).toISOString(),
    id: `e${line}`,
    ...(campaign === undefined ? {} : { campaign }),
    ...(user === undefined ? {} : { user }),
  };
}

async function reverseSome(wallet: WalletService, dice: ReturnType<typeof createDice>): Promise<void> {
  const { transactions } = await wallet.transactions.list({ types: ['usage'], limit: 12 });
  for (const each of transactions) {
    const quantity = String(1 + dice.roll(each.quantity ?? 1));
    await wallet.usage.reverse({ transaction: each.id, ...(dice.roll(2) === 0 ? {} : { quantity }) });
  }
}

/** Every transaction that passes the filters. */
export async function allTransactions(wallet: WalletService, filter: TransactionFilter): Promise<Transaction[]> {
  const found: Transaction[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await wallet.transactions.list({ ...filter, limit: 100, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.transactions);
    cursor = page.next;
  }
  return found;
}
