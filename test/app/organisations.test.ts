import { afterEach, beforeEach, expect, test } from 'vitest';
import { codeOf, createTestLedger, type TestLedger } from '../helpers/ledger';

let ledger: TestLedger;
let drawn: number;
beforeEach(() => {
  ledger = createTestLedger();
  drawn = 0;
});
afterEach(() => ledger.remove());

/** Numbers that all begin alike until so many were drawn. */
function alikeUntil(last: number): () => string {
  return () => {
    drawn += 1;
    return `${(drawn > last ? drawn : 0xaaaaaa).toString(16).padStart(6, '0')}${drawn.toString(16).padStart(8, '0')}`;
  };
}

test('an organisation that draws the tag of another one draws again', async () => {
  ledger.random = alikeUntil(8);
  const wallet = ledger.open();
  for (const org of ['Acme', 'Beta']) await wallet.organisation.init({ org });
  expect((await wallet.organisation.list()).orgs.map(({ name }) => name)).toEqual(['Acme', 'Beta']);
  expect(drawn).toBeGreaterThan(8);
});

test('where every tag that is drawn is taken, there is no organisation, and the next one is well', async () => {
  ledger.random = alikeUntil(100);
  const wallet = ledger.open();
  await wallet.organisation.init({ org: 'Acme' });
  expect(await codeOf(wallet.organisation.init({ org: 'Beta' }))).toBe('already_exists');
  drawn = 200;
  await wallet.organisation.init({ org: 'Gamma' });
  expect((await wallet.organisation.list()).orgs).toHaveLength(2);
});
