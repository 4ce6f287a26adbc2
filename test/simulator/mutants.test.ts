import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Theme, themeOf } from './themes';

/** The rules of the state machine, each with the line that keeps it and that line without it. */
const MUTANTS: readonly (readonly [rule: string, theme: Theme, file: string, line: string, without: string])[] = [
  [
    'a time-out is not a failure',
    'cards',
    'src/app/settlement-moves.ts',
    "if (answer.kind !== 'payment') return undefined;",
    "if (answer.kind !== 'payment') return fail(session, purchase);",
  ],
  [
    'a cancelled purchase fails only behind the fence',
    'cards',
    'src/core/payment/purchase-steps.ts',
    "state: purchase.payment === null ? purchase.state : 'closing' };",
    "state: 'failed', settledAt: purchase.createdAt };",
  ],
  [
    'every change of state is a compare-and-set',
    'cards',
    'src/app/settlement-moves.ts',
    'if (current.version !== purchase.version) return current;',
    '',
  ],
  [
    'a create has one key',
    'cards',
    'src/app/settlement-calls.ts',
    'createPayment(request, createKey(purchase))',
    'createPayment(request, session.deps.system.random())',
  ],
  [
    'a confirm has one key',
    'cards',
    'src/app/settlement.ts',
    'charge, confirmKey(purchase, attempt)',
    'charge, confirmKey(purchase, attempt) + session.deps.system.random()',
  ],
  [
    'a key that is too old is not sent again',
    'cards',
    'src/core/payment/purchase.ts',
    'return now >= sentAt && now - sentAt < RESEND_WINDOW_MS;',
    'return true;',
  ],
  [
    'the backup waits until the outcome of the primary is known',
    'cards',
    'src/app/settlement.ts',
    "if (answer.kind === 'refused') return refusedConfirm(",
    "if (answer.kind === 'unknown') return decline(session, calls, purchase, { code: 'x', declineCode: null, message: 'x' });\n  if (answer.kind === 'refused') return refusedConfirm(",
  ],
  [
    'only a payment that was taken is credited',
    'cards',
    'src/app/settlement-moves.ts',
    "if (payment.status === 'succeeded')",
    "if (payment.status !== 'canceled')",
  ],
  [
    'a second purchase beside an unresolved one is refused',
    'cards',
    'src/core/payment/purchase.ts',
    'return isUnresolved(purchase) && purchase.paymentMethod !== BILLING_ACCOUNT',
    'return false && purchase.paymentMethod !== BILLING_ACCOUNT',
  ],
  [
    'a refund has one key',
    'refunds',
    'src/app/refund-settlement.ts',
    'refundKey(refund))',
    'refundKey(refund) + session.deps.system.random())',
  ],
  [
    'the hold of a refund is let go only on evidence',
    'refunds',
    'src/app/refund-settlement.ts',
    "if (answer.kind === 'unknown') return undefined;",
    "if (answer.kind === 'unknown') return release(session, refund, 'no answer', null);",
  ],
  [
    'a refund of ours is never taken for a foreign one',
    'refunds',
    'src/app/foreign-returns.ts',
    'if (known !== undefined || ours) return undefined;',
    '',
  ],
  [
    'what the bank took back leaves the balance',
    'outside',
    'src/app/foreign-returns.ts',
    'if (known === undefined) return holdsMoney(dispute) ? takeForeign(session, purchase, dispute) : undefined;',
    'if (known === undefined) return undefined;',
  ],
  [
    'a dispute that was won gives back what was taken',
    'outside',
    'src/app/foreign-returns.ts',
    "return !holdsMoney(dispute) && known.state === 'succeeded' ? reverse(session, known) : undefined;",
    'return undefined;',
  ],
  [
    'a dispute that was won and lost after all takes the credits again',
    'outside',
    'src/app/foreign-returns.ts',
    "if (holdsMoney(dispute) && known.state === 'reversed') return retake(session, known, dispute);",
    '',
  ],
  [
    'no other card is charged while the page of a top-up is open',
    'outside',
    'src/app/recharge-check.ts',
    "if (state.awaited !== null) return { outcome: 'pending', guard: 'awaits_person', purchase: state.awaited };",
    '',
  ],
  [
    'a page takes the place of a payment only once that is cancelled',
    'outside',
    'src/core/payment/purchase-steps.ts',
    "return { ...purchase, state: 'closing', failure: { ...failure, replacedBy: id } };",
    "return { ...purchase, state: 'failed', settledAt: purchase.createdAt, failure: { ...failure, replacedBy: id } };",
  ],
  [
    'a payment is confirmed only once it is on record, with the attempt',
    'cards',
    'src/app/settlement.ts',
    "if (answer.kind === 'payment') return store(session, purchase, answer);",
    `if (answer.kind === 'payment') {
      const charge = { payment: answer.payment.id, paymentMethod: purchase.cards[0]?.paymentMethod ?? '', attended: true };
      await (await session.gateway()).confirmPayment(charge, purchase.id + ':at once');
      return store(session, purchase, answer);
    }`,
  ],
  [
    'the backup card is tried on the same payment',
    'cards',
    'src/app/settlement.ts',
    'const answer = await gateway.confirmPayment(charge, confirmKey(purchase, attempt));',
    `const { id, customer, credits } = purchase;
    const request = { purchase: id, org: session.org.id, customer, credits, description: '' };
    const other = attempt.number === 1 ? undefined : await gateway.createPayment(request, id + attempt.number);
    const tried = other?.kind === 'payment' ? { ...charge, payment: other.payment.id } : charge;
    const answer = await gateway.confirmPayment(tried, confirmKey(purchase, attempt));`,
  ],
  [
    'what became of a payment is fetched, and nobody else is believed',
    'cards',
    'src/app/settlement.ts',
    "return purchase.payment === null ? { kind: 'unknown', reason: 'no payment' } : calls.retrieve(purchase.payment);",
    `const { payment: id, customer, credits } = purchase;
    if (id === null) return calls.retrieve('');
    const claimed = { id, customer, purchase: purchase.id, amountCents: credits / 10_000, receivedCents: credits / 10_000 };
    return { kind: 'payment', payment: { ...claimed, status: 'succeeded', currency: 'usd', live: false } };`,
  ],
  [
    'the credits and the end of a purchase are one write',
    'cards',
    'src/app/settlement-moves.ts',
    'return withSuccess({ ...current, payment: payment.id }, entry.seq, entry.recordedAt);',
    'return current;',
  ],
  [
    'beside an open top-up there is no other',
    'outside',
    'src/core/recharge.ts',
    "if (state.unresolved !== null) return stop('pending', 'unresolved_top_up');",
    '',
  ],
  [
    'a refund changes its state by a compare-and-set',
    'refunds',
    'src/app/refund-settlement.ts',
    'if (current.version !== refund.version) return current;',
    '',
  ],
];

const SEEDS = 3_000;
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.resolve('node_modules/.mutants-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type World = typeof import('./world');

test.each(MUTANTS)(
  'without the rule that %s, a world goes wrong',
  async (_rule, theme, file, line, without) => {
    const { openLedger, live } = await buildWorld(file, line, without);

    const ledger = await openLedger(FOLDER);
    let fault: string | undefined;
    for (let seed = 1; seed <= SEEDS && fault === undefined; seed += 1)
      if (themeOf(seed) === theme) fault = await live(ledger.store, seed);
    await ledger.close();

    expect(fault).toBeDefined();
  },
  110_000,
);

/** The simulator with the real code, but for one line. */
async function buildWorld(file: string, line: string, without: string): Promise<World> {
  const text = readFileSync(file, 'utf8');
  expect(text.split(line).length, `${file} has the line once: ${line}`).toBe(2);
  const outfile = path.join(
    folder,
    `${MUTANTS.findIndex((mutant) => mutant[4] === without && mutant[3] === line)}.cjs`,
  );
  await build({
    entryPoints: ['test/simulator/world.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    external: ['better-sqlite3', 'better-sqlite3-node20'],
    plugins: [
      {
        name: 'mutant',
        setup({ onLoad }) {
          onLoad({ filter: new RegExp(`${file.replaceAll('.', '\\.')}$`) }, () => ({
            contents: text.replace(line, () => without),
            loader: 'ts',
          }));
        },
      },
    ],
  });
  // The bundle exports what the file it was made from exports.
  return (await import(pathToFileURL(outfile).href)) as World;
}
