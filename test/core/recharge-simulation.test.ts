import { expect, test } from 'vitest';
import { type Credits, formatCredits, fromMicro, parseCredits, ZERO } from '../../src/core/credits';
import { RechargeSimulation } from '../../src/core/recharge-simulation';
import { parseTerms, type TypedTerms } from '../../src/core/recharge-terms';
import { formatInstant, parseInstant, utcCalendar } from '../../src/core/time';

const LARGEST = parseCredits('10000');
const FROM = parseInstant('2026-10-01T00:00:00Z');

function simulate(terms: TypedTerms, opening: string, moves: readonly (readonly [string, number])[], end: string) {
  const simulation = new RechargeSimulation({
    terms: parseTerms(terms, undefined, LARGEST),
    opening: opening === '0' ? ZERO : parseCredits(opening),
    from: FROM,
    calendar: utcCalendar,
    largestPurchase: LARGEST,
  });
  for (const [at, amount] of moves) simulation.take({ at: parseInstant(at), amount: fromMicro(amount * 1e6) });
  const { recharges, stops, lowest, lowestAt, daysDry, closing } = simulation.result(parseInstant(end));
  const show = (each: { at: typeof FROM; credits: Credits }) =>
    `${formatInstant(each.at)} ${formatCredits(each.credits)}`;
  return {
    recharges: recharges.map(show),
    stops: stops.map((each) => `${show(each)} ${each.guard}`),
    lowest: `${formatCredits(lowest)} ${formatInstant(lowestAt)}`,
    daysDry,
    closing: formatCredits(closing),
  };
}

test('a rule charges when the balance falls below the threshold, one charge for a large gap', () => {
  const moves = [
    ['2026-10-02T00:00:00Z', -50],
    ['2026-10-03T00:00:00Z', -1],
    ['2026-10-05T00:00:00Z', -370],
  ] as const;

  expect(simulate({ below: '50', amount: '100' }, '100', moves, '2026-10-10T00:00:00Z')).toEqual({
    recharges: ['2026-10-03T00:00:00Z 100.00', '2026-10-05T00:00:00Z 300.00'],
    stops: [],
    lowest: '-221.00 2026-10-05T00:00:00Z',
    daysDry: 1,
    closing: '79.00',
  });
});

test('a monthly cap stops it once until the next month, and the days below zero count as dry', () => {
  const moves = [
    ['2026-10-02T00:00:00Z', -60],
    ['2026-10-28T12:00:00Z', -150],
    ['2026-10-29T12:00:00Z', -10],
  ] as const;

  expect(simulate({ below: '50', amount: '100', monthlyCap: '150' }, '100', moves, '2026-11-03T00:00:00Z')).toEqual({
    recharges: ['2026-10-02T00:00:00Z 100.00', '2026-11-01T00:00:00Z 100.00'],
    stops: ['2026-10-28T12:00:00Z 100.00 monthly_cap'],
    lowest: '-20.00 2026-10-29T12:00:00Z',
    // 28 to 31 October.
    daysDry: 4,
    closing: '80.00',
  });
});

test('a cool-down and a daily count put it off until they end', () => {
  const moves = [
    ['2026-10-02T00:00:00Z', -60],
    ['2026-10-02T00:01:00Z', -100],
    ['2026-10-02T01:00:00Z', -100],
  ] as const;
  const terms = { below: '50', amount: '100', cooldown: '10m', dailyCount: '2' };

  expect(simulate(terms, '100', moves, '2026-10-04T00:00:00Z')).toMatchObject({
    recharges: ['2026-10-02T00:00:00Z 100.00', '2026-10-02T00:10:00Z 100.00', '2026-10-03T00:00:00Z 100.00'],
    stops: ['2026-10-02T01:00:00Z 100.00 daily_count'],
    lowest: '40.00 2026-10-02T00:00:00Z',
  });
});

test('a balance that starts below the threshold is topped up at once', () => {
  expect(simulate({ below: '50', refillTo: '80' }, '0', [], '2026-10-02T00:00:00Z')).toMatchObject({
    recharges: ['2026-10-01T00:00:00Z 80.00'],
    closing: '80.00',
  });
});
