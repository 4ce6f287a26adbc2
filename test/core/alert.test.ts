import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AlertRecord, newWatch, spendWindow, watchBalance, watchSpend } from '../../src/core/alert';
import { type Credits, fromMicro } from '../../src/core/credits';
import { formatDate, parseDate } from '../../src/core/date';
import { delivered, isDue, taken, undelivered } from '../../src/core/delivery';
import type { Instant } from '../../src/core/time';

const ALERT: AlertRecord = {
  id: 'alert_1',
  kind: 'low-balance',
  threshold: fromMicro(50),
  per: null,
  app: null,
  service: null,
  to: [],
  removedAt: null,
  createdAt: 0 as Instant,
  version: 1,
};
const MINUTE = 60_000;
const at = (ms: number) => ms as Instant;

/** What a low-balance alert tells of balances one after another. */
function toldOf(balances: readonly number[]): readonly (string | null)[] {
  let watch = newWatch(ALERT);
  return balances.map((balance, index) => {
    const step = watchBalance(ALERT, watch, { available: balance as Credits, outlook: 'none', now: at(index) });
    watch = step.watch;
    return step.told;
  });
}

describe('A low-balance alert', () => {
  test('tells each crossing once and each recovery once, whatever the balances are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 })), (balances) => {
        const sides = [100, ...balances].map((balance) => balance < 50);
        const expected = balances.map((_, i) =>
          sides[i] === sides[i + 1] ? null : sides[i + 1] ? 'crossed' : 'recovered',
        );
        expect(toldOf(balances)).toEqual(expected);
      }),
    );
  });

  test('is crossed strictly below its threshold', () => {
    expect(toldOf([50, 49, 50])).toEqual([null, 'crossed', 'recovered']);
  });

  test('is silent while auto top-up is due and able, and no longer than a quarter of an hour', () => {
    let watch = newWatch(ALERT);
    const step = (available: number, outlook: 'none' | 'later' | 'due', now: number) => {
      const next = watchBalance(ALERT, watch, { available: available as Credits, outlook, now: at(now) });
      watch = next.watch;
      return next.told;
    };
    expect(step(49, 'later', 0)).toBeNull();
    expect(step(10, 'due', MINUTE)).toBeNull();
    expect(step(5, 'due', 16 * MINUTE - 1)).toBeNull();
    expect(step(100, 'none', 16 * MINUTE - 1)).toBeNull(); // it came: the wait begins anew the next time
    expect(step(10, 'due', 16 * MINUTE)).toBeNull();
    expect(step(10, 'due', 31 * MINUTE)).toBe('crossed');
    expect(step(10, 'due', 32 * MINUTE)).toBeNull();
  });

  test('tells as soon as auto top-up can not be relied on any more', () => {
    const muted = watchBalance(ALERT, newWatch(ALERT), { available: fromMicro(1), outlook: 'due', now: at(0) });
    const { told } = watchBalance(ALERT, muted.watch, { available: fromMicro(1), outlook: 'none', now: at(1) });
    expect(told).toBe('crossed');
  });
});

describe('A spend alert', () => {
  const spend: AlertRecord = { ...ALERT, kind: 'spend', per: 'day' };

  test('tells each crossing once, and is armed again in silence by a new period', () => {
    let watch = newWatch(spend);
    const step = (spent: number, window: string) => {
      const next = watchSpend(spend, watch, { spent: fromMicro(spent), window, now: at(0) });
      watch = next.watch;
      return next.told;
    };
    expect(step(50, 'monday')).toBeNull();
    expect(step(51, 'monday')).toBe('crossed');
    expect(step(99, 'monday')).toBeNull();
    expect(step(40, 'monday')).toBe('recovered'); // a reversal
    expect(step(60, 'monday')).toBe('crossed');
    expect(step(10, 'tuesday')).toBeNull();
    expect(step(51, 'tuesday')).toBe('crossed');
    expect(step(52, 'wednesday')).toBe('crossed');
  });

  test.each([
    ['day', '2026-03-01', '2026-03-01', '2026-03-01'],
    ['week', '2026-03-01', '2026-02-23', '2026-03-01'],
    ['month', '2028-02-10', '2028-02-01', '2028-02-29'],
  ] as const)('counts a %s of %s from %s to %s', (per, day, first, last) => {
    const window = spendWindow(per, parseDate(day));
    expect([formatDate(window.first), formatDate(window.last)]).toEqual([first, last]);
  });
});

describe('A delivery', () => {
  const fresh = {
    id: 'msg_1',
    notice: 'notice_1',
    destination: 'a@example.com',
    state: 'waiting',
    attempts: 0,
    nextAt: at(0),
    error: null,
    createdAt: at(0),
    deliveredAt: null,
    version: 1,
  } as const;

  test('is tried eight times with growing waits, and then given up', () => {
    const waits: number[] = [];
    let now = 0;
    let delivery = undelivered(taken(fresh, at(now)), 'down', at(now));
    while (delivery.state === 'waiting') {
      expect(isDue(delivery, at(delivery.nextAt - 1))).toBe(false);
      waits.push((delivery.nextAt - now) / MINUTE);
      now = delivery.nextAt;
      delivery = undelivered(taken(delivery, at(now)), 'down', at(now));
    }
    expect(waits).toEqual([1, 5, 15, 60, 180, 360, 720]);
    expect(delivery).toMatchObject({ state: 'dead', attempts: 8, error: 'down' });
    expect(isDue(delivery, at(now + 1e12))).toBe(false);
  });

  test('is not given up for want of settings', () => {
    let delivery = undelivered(taken(fresh, at(0)), 'not set', at(0), true);
    for (let i = 0; i < 100; i += 1)
      delivery = undelivered(taken(delivery, delivery.nextAt), 'not set', delivery.nextAt, true);
    expect(delivery).toMatchObject({ state: 'waiting', attempts: 0, error: 'not set' });
  });

  test('belongs to whoever took it for a minute', () => {
    const mine = taken(fresh, at(0));
    expect(isDue(mine, at(MINUTE - 1))).toBe(false);
    expect(isDue(mine, at(MINUTE))).toBe(true);
    expect(isDue(delivered(mine, at(1)), at(MINUTE))).toBe(false);
  });
});
