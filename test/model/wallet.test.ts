import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UsageRow } from '../../src/contract/usage';
import { DoubleEntry, START } from './double-entry';
import { command, event } from './random-commands';

/**
 * As many runs as fit. The same ones every time, so that a change is judged by itself; another WALLET_TEST_SEED looks
 * elsewhere, and a failure prints the seed that repeats it.
 */
const EFFORT = {
  numRuns: 60,
  interruptAfterTimeLimit: 14_000,
  seed: Number(process.env.WALLET_TEST_SEED ?? 20_261_122),
};

test('whatever is done in whatever order, the wallet says what the naive ledger says, and proves itself', async () => {
  const sequences = fc.array(command, { minLength: 5, maxLength: 40, size: 'max' });
  const property = fc.asyncProperty(sequences, async (commands) => {
    const both = await DoubleEntry.open();
    try {
      for (const each of commands) {
        await both.run(each);
        await both.compare();
      }
      await both.prove();
    } finally {
      await both.close();
    }
  });
  await fc.assert(property, EFFORT);
}, 60_000);

/** What a batch leaves behind: every transaction, but for ids, which name the organisation. */
async function postedIn(batches: readonly (readonly UsageRow[])[]) {
  const both = await DoubleEntry.open();
  try {
    await both.run({ do: 'grant', micro: 900_000, priority: 10, lasts: null });
    await both.run({ do: 'grant', micro: 700_000, priority: 100, lasts: null });
    await both.run({ do: 'limit', app: 'shop', micro: 500_000, block: true });
    const answers = [];
    for (const rows of batches) answers.push(await both.wallet.usage.postBatch({ rows }));
    const { transactions } = await both.wallet.transactions.list({ order: 'asc', limit: 10_000 });
    expect((await both.wallet.audit.verify({ full: true })).ok).toBe(true);
    return {
      transactions: transactions.map(({ id: _, reference: __, ...rest }) => rest),
      posted: answers.reduce((sum, answer) => sum + answer.posted, 0),
      duplicates: answers.reduce((sum, answer) => sum + answer.duplicates, 0),
      rejects: answers.flatMap((answer) => answer.rejects.map(({ line, code }) => ({ line, code }))),
      balance: answers.at(-1)?.balance,
    };
  } finally {
    await both.close();
  }
}

test('one import of a period is the same as imports of its parts, wherever it is cut', async () => {
  const events = fc.array(fc.tuple(event, fc.nat(40)), { minLength: 2, maxLength: 60, size: 'max' });
  const property = fc.asyncProperty(events, fc.nat(), async (many, cut) => {
    const rows = many.map(([{ app, service, quantity, at }, id], i) => ({
      line: i + 2,
      app,
      service,
      quantity: String(quantity),
      time: new Date(Date.parse(START) + (at ?? 0)).toISOString(),
      // Some ids come twice: as duplicates, or with other content, in one batch or across two.
      id: `evt-${id}`,
    }));
    const middle = 1 + (cut % (rows.length - 1));
    const [whole, parts] = [await postedIn([rows]), await postedIn([rows.slice(0, middle), rows.slice(middle)])];
    expect(parts).toEqual(whole);
  });
  await fc.assert(property, { ...EFFORT, interruptAfterTimeLimit: 7_000 });
}, 60_000);
