import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GrantPool } from '../../src/core/credit/burn-down';
import { compareForBurnDown, type Grant } from '../../src/core/credit/grant';
import { type Credits, fromMicro } from '../../src/core/credits';
import type { Instant } from '../../src/core/time';

const grant = fc
  .record({
    kind: fc.constantFrom('purchased', 'promotional'),
    priority: fc.constantFrom(10, 100, 200),
    expiresAt: fc.option(fc.constantFrom(1_000, 2_000)),
    createdAt: fc.constantFrom(1, 2),
    remaining: fc.nat(1_000),
    share: fc.nat(100),
  })
  .map(({ share, ...given }) => ({ ...given, held: Math.floor((given.remaining * share) / 100) }));
const grants = fc.array(grant, { maxLength: 8 }).map((list) =>
  list.map(
    (given, i): Grant => ({
      ...given,
      id: `grant_${i}`,
      seq: i + 1,
      credits: fromMicro(1_000),
      source: 's',
      expiresAt: given.expiresAt as Instant | null,
      createdAt: given.createdAt as Instant,
      remaining: fromMicro(given.remaining),
      held: fromMicro(given.held),
      kind: given.kind as Grant['kind'],
    }),
  ),
);
const total = (amounts: readonly number[]) => amounts.reduce((a, b) => a + b, 0);

describe('the burn-down order', () => {
  test('is total: antisymmetric, transitive, and nothing ties but a grant with itself', () =>
    fc.assert(
      fc.property(grants, (list) => {
        for (const a of list)
          for (const b of list) {
            expect(Math.sign(compareForBurnDown(a, b)) + Math.sign(compareForBurnDown(b, a))).toBe(0);
            expect(compareForBurnDown(a, b) === 0).toBe(a === b);
            for (const c of list)
              if (compareForBurnDown(a, b) < 0 && compareForBurnDown(b, c) < 0)
                expect(compareForBurnDown(a, c)).toBeLessThan(0);
          }
      }),
    ));

  const plain: Grant = {
    id: 'g',
    seq: 5,
    kind: 'purchased',
    credits: fromMicro(1),
    priority: 100,
    expiresAt: null,
    source: 's',
    createdAt: 5 as Instant,
    remaining: fromMicro(1),
    held: fromMicro(0),
  };
  test.each<[string, Partial<Grant>, Partial<Grant>]>([
    ['a lower priority number before an earlier expiry', { priority: 1 }, { expiresAt: 1 as Instant }],
    [
      'an earlier expiry before a later one',
      { expiresAt: 1 as Instant },
      { expiresAt: 2 as Instant, kind: 'promotional' },
    ],
    ['any expiry before none', { expiresAt: 9 as Instant }, { kind: 'promotional' }],
    ['promotional before purchased', { kind: 'promotional' }, { createdAt: 1 as Instant }],
    ['older before newer', { createdAt: 1 as Instant }, { seq: 1 }],
    ['then by place in the log', { seq: 1 }, {}],
  ])('%s', (_title, first, second) =>
    expect(compareForBurnDown({ ...plain, ...first }, { ...plain, ...second })).toBeLessThan(0),
  );
});

describe('drawing', () => {
  test('takes the amount in that order, never what is held, and leaves the rest to the overdraft', () =>
    fc.assert(
      fc.property(grants, fc.array(fc.integer({ min: 1, max: 2_000 }), { maxLength: 6 }), (list, amounts) => {
        const pool = new GrantPool(list);
        let free = total(list.map((each) => each.remaining - each.held));
        for (const amount of amounts) {
          const draws = pool.draw(fromMicro(amount));
          expect(total(draws.map((draw) => draw.amount))).toBe(-amount);
          const over = draws.filter((draw) => draw.grant === 0);
          expect(total(over.map((draw) => -draw.amount))).toBe(Math.max(0, amount - free));
          const order = draws
            .filter((draw) => draw.grant !== 0)
            .map((draw) => list.find((each) => each.seq === draw.grant) as Grant);
          expect(order).toEqual([...order].sort(compareForBurnDown));
          free = Math.max(0, free - amount);
        }
        for (const each of pool.grants) expect(each.held >= 0 && each.remaining >= each.held).toBe(true);
        expect(total(pool.grants.map((each) => each.remaining - each.held))).toBe(free);
      }),
    ));

  test('a hold and its release leave the grants as they were, and a draw given back as well', () =>
    fc.assert(
      fc.property(grants, fc.integer({ min: 1, max: 500 }), (list, amount) => {
        const pool = new GrantPool(list);
        const before = pool.grants.map((each) => ({ ...each }));
        const back = (draws: readonly { grant: number; amount: Credits }[]) =>
          draws.map(({ grant: seq, amount: size }) => ({ grant: seq, amount: -size as Credits }));
        pool.applyHeld(back(pool.hold(fromMicro(amount))));
        pool.apply(back(pool.draw(fromMicro(amount))));
        expect(pool.grants).toEqual(before);
      }),
    ));

  test('gives back no more than there was', () => {
    const full: Grant = {
      id: 'g',
      seq: 1,
      kind: 'purchased',
      credits: fromMicro(5),
      priority: 1,
      expiresAt: null,
      source: 's',
      createdAt: 1 as Instant,
      remaining: fromMicro(5),
      held: fromMicro(0),
    };
    expect(() => new GrantPool([full]).apply([{ grant: 1, amount: fromMicro(1) }])).toThrow('never holds more');
    expect(() => new GrantPool([full]).apply([{ grant: 1, amount: fromMicro(-6) }])).toThrow('held <= remaining');
    expect(() => new GrantPool([full]).applyHeld([{ grant: 1, amount: fromMicro(-1) }])).toThrow('held <= remaining');
    expect(() => new GrantPool([full]).apply([{ grant: 2, amount: fromMicro(1) }])).toThrow('was read before');
  });
});
