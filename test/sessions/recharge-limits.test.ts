import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';

let box: Sandbox;
const at = (time: string) => ({ env: { WALLET_NOW: time } });

beforeEach(async () => {
  box = createSandbox({ WALLET_NOW: '2026-10-05T12:00:00Z' });
  await box.ok('init --org Acme');
});
afterEach(() => box.remove());

async function checked(time: string): Promise<string> {
  const { status, json } = await box.wallet('recharge check --json', at(time));
  const { outcome, balance } = json() as { outcome: string; balance: { available: string } };
  return `${outcome} ${balance.available} [${status}]`;
}

test('off stops it, on lets it go on, and the history lists what it bought', async () => {
  await box.ok('card add --payment-method pm_card_visa');
  await box.ok('recharge set --below 50 --amount 100 --yes');
  await box.ok('recharge off');

  expect(await checked('2026-10-05T13:00:00Z')).toBe('disabled 0.00 [0]');
  expect((await box.wallet('recharge on')).status).toBe(2);
  await box.ok('recharge on --yes');
  expect(await checked('2026-10-05T13:05:00Z')).toBe('recharged 100.00 [0]');
  const { purchases } = (await box.ok('recharge history --json')).json() as { purchases: object[] };
  expect(purchases).toMatchObject([{ trigger: 'recharge', credits: '100.00', status: 'succeeded' }]);
});

test('the only card it could charge is not removed from under it, though others are on file', async () => {
  const added = (await box.ok('card add --payment-method pm_card_visa --json')).json() as { card: { id: string } };
  const other = (await box.ok('card add --payment-method pm_card_amex --json')).json() as { card: { id: string } };
  await box.ok('recharge set --below 50 --amount 100 --yes');

  const refused = await box.wallet(`card remove ${added.card.id} --json`);
  const replaced = await box.wallet(`card remove ${added.card.id} --replace-with ${other.card.id} --json`);

  expect([refused.status, refused.error().code, replaced.status]).toEqual([8, 'invalid_state', 0]);
  expect(refused.error().hint).toContain('wallet recharge off');
  expect(await checked('2026-10-05T13:00:00Z')).toBe('recharged 100.00 [0]');
});

test('refilling buys what is missing to the target, in whole cents', async () => {
  await box.ok('card add --payment-method pm_card_visa');
  await box.ok('grant add 12.345678 --reason start');
  await box.ok('recharge set --below 50 --refill-to 200 --yes');

  expect(await checked('2026-10-05T13:00:00Z')).toBe('recharged 200.005678 [0]');
});

test('the cool-down puts the next top-up off, and the daily count ends them until tomorrow', async () => {
  await box.ok('card add --payment-method pm_card_visa');
  await box.ok('recharge set --below 50 --amount 100 --cooldown 1h --daily-count 2 --yes');
  const spend = (time: string) => box.ok('adjust remove 100 --reason spent', at(time));

  expect(await checked('2026-10-05T13:00:00Z')).toBe('recharged 100.00 [0]');
  await spend('2026-10-05T13:10:00Z');
  expect(await checked('2026-10-05T13:59:59Z')).toBe('cooling_down 0.00 [0]');
  expect(await checked('2026-10-05T14:00:00Z')).toBe('recharged 100.00 [0]');
  await spend('2026-10-05T15:00:00Z');
  expect(await checked('2026-10-05T23:59:59Z')).toBe('capped 0.00 [6]');
  expect(await checked('2026-10-06T00:00:00Z')).toBe('recharged 100.00 [0]');
});

test('a card that was refused for good is tried again once it was edited', async () => {
  await box.ok('card add --payment-method pm_sandbox_stolenCard');
  const { cards } = (await box.ok('card list --json')).json() as { cards: { id: string }[] };
  await box.ok('recharge set --below 50 --amount 100 --yes');

  expect(await checked('2026-10-05T13:00:00Z')).toBe('failed 0.00 [6]');
  expect(await checked('2026-10-05T20:00:00Z')).toBe('paused 0.00 [6]');
  await box.ok(`card edit ${cards[0]?.id} --name Ada`, at('2026-10-05T21:00:00Z'));
  expect(await checked('2026-10-05T21:05:00Z')).toBe('failed 0.00 [6]');
});

test('an import tops up after its batches when asked to', async () => {
  await box.ok('card add --payment-method pm_card_visa');
  await box.ok('app add crm');
  await box.ok('service set sms --price 1');
  await box.ok('grant add 60 --reason start');
  await box.ok('recharge set --below 50 --amount 100');
  const file = path.join(box.home, 'usage.csv');
  writeFileSync(file, 'id,app,service,quantity\ne1,crm,sms,20\ne2,crm,sms,5\n');

  const result = (await box.ok(`usage import ${file} --recharge --json`)).json();

  expect(result).toMatchObject({ posted: 2, balance: { available: '135.00' } });
});
