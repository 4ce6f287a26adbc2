import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromMicro } from '../../src/core/credits';
import { type PriceVersion, priceInForce, rate } from '../../src/core/pricing/rating';
import type { Instant } from '../../src/core/time';

const version = (given: Partial<PriceVersion>): PriceVersion => ({
  service: 'sms',
  version: 1,
  effectiveFrom: 0 as Instant,
  price: fromMicro(100),
  tiers: [],
  freeQuota: 0,
  billing: 'prepaid',
  example: false,
  createdAt: 0 as Instant,
  ...given,
});
const price = fc.integer({ min: 1, max: 1_000_000 }).map(fromMicro);
const tiers = fc
  .tuple(
    price,
    fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 500 }), price), { selector: ([from]) => from, maxLength: 5 }),
  )
  .map(([first, rest]) => [
    { from: 0, price: first },
    ...rest.sort((a, b) => a[0] - b[0]).map(([from, each]) => ({ from, price: each })),
  ]);
const terms = fc
  .tuple(price, fc.option(tiers), fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 300 })))
  .map(([one, some, freeQuota]) => version({ price: one, tiers: some ?? [], freeQuota }));
/** A month may stand below zero, where more was reversed in it than used. */
const before = fc
  .tuple(fc.integer({ min: -200, max: 600 }), fc.integer({ min: -100, max: 300 }))
  .map(([quantity, freeQuantity]) => ({ quantity, freeQuantity }));

describe('rating', () => {
  test('all units of a month at once cost and take free what they do in any parts', () =>
    fc.assert(
      fc.property(
        terms,
        before,
        fc.array(fc.integer({ min: 1, max: 250 }), { minLength: 1, maxLength: 8 }),
        (each, start, parts) => {
          const whole = rate(
            each,
            parts.reduce((a, b) => a + b),
            start,
          );
          let [cost, free] = [0, 0];
          let used = start;
          for (const quantity of parts) {
            const part = rate(each, quantity, used);
            cost += part.cost;
            free += part.freeQuantity;
            used = { quantity: used.quantity + quantity, freeQuantity: used.freeQuantity + part.freeQuantity };
          }
          expect({ cost, free }).toEqual({ cost: whole.cost, free: whole.freeQuantity });
        },
      ),
    ));

  test('is what each unit costs by itself', () =>
    fc.assert(
      fc.property(terms, before, fc.integer({ min: 1, max: 400 }), (each, start, quantity) => {
        let [cost, free] = [0, 0];
        const paidAt = new Set<number>();
        for (let i = 0; i < quantity; i += 1) {
          if (start.freeQuantity + free < each.freeQuota) {
            free += 1;
            continue;
          }
          const at =
            each.tiers.filter((tier, index) => index === 0 || tier.from <= start.quantity + i).at(-1)?.price ??
            each.price;
          paidAt.add(at);
          cost += at;
        }
        const unitPrice = paidAt.size === 1 ? [...paidAt][0] : null;
        expect(rate(each, quantity, start)).toEqual({ cost, freeQuantity: free, unitPrice });
      }),
    ));
});

describe('the price in force', () => {
  const versions = [
    version({ version: 1 }),
    version({ version: 2, effectiveFrom: 100 as Instant }),
    version({ version: 3, effectiveFrom: 50 as Instant }),
    version({ version: 4, effectiveFrom: 100 as Instant }),
  ];
  test.each([
    [0, 1],
    [49, 1],
    [50, 3],
    [99, 3],
    [100, 4],
    [10_000, 4],
  ])('at %i is version %i, in whatever order they are read', (at, number) => {
    for (const order of [versions, [...versions].reverse()])
      expect(priceInForce(order, at as Instant)?.version).toBe(number);
  });
  test('before the first there is none', () => expect(priceInForce(versions.slice(1), 20 as Instant)).toBeUndefined());
});
