import { describe, expect, test } from 'vitest';
import { type Credits, formatCredits, fromMicro, parseCredits, ZERO } from '../../src/core/credits';
import { type PlainDate, parseDate } from '../../src/core/date';
import { measureBurn, perDay, runsDryAt, suggestRule } from '../../src/core/forecast';
import { formatInstant, parseInstant } from '../../src/core/time';

const FIRST = parseDate('2026-10-01');
const NOW = parseInstant('2026-10-15T00:00:00Z');
const credits = (text: string) => (text === '0' ? ZERO : parseCredits(text));
const used = (...amounts: string[]) =>
  amounts.map((text, at) => ({ day: (FIRST + at) as PlainDate, used: credits(text) }));
const burnOf = (...amounts: string[]) =>
  measureBurn(used(...amounts), FIRST, (FIRST + amounts.length - 1) as PlainDate);

describe('the burn', () => {
  test('is unknown with fewer than seven days, or use on fewer than three of them', () => {
    expect(burnOf('1', '1', '1', '1', '1', '1')).toBeUndefined();
    expect(burnOf('9', '0', '0', '0', '0', '0', '9')).toBeUndefined();
    expect(burnOf('9', '0', '0', '1', '0', '0', '9')).toBeDefined();
  });

  test('is the average of all days, rounded half up to the micro-credit', () => {
    const burn = burnOf('10', '0', '0.000001', '0', '10', '0', '0');

    // 20.000001 in seven days.
    expect(burn && formatCredits(perDay(burn.average))).toBe('2.857143');
    expect(formatCredits(perDay({ micro: 3, days: 2 }))).toBe('0.000002');
  });

  test('leaves out what was used before the span, and a day on which more was reversed than used counts as none', () => {
    const before = [{ day: (FIRST - 5) as PlainDate, used: credits('1000') }];
    const undone = [{ day: (FIRST + 3) as PlainDate, used: fromMicro(-5_000_000) }];
    const burn = measureBurn([...before, ...used('7', '7', '7'), ...undone], FIRST, (FIRST + 6) as PlainDate);

    expect(burn && formatCredits(perDay(burn.average))).toBe('3.00');
  });
});

describe('the day it runs dry', () => {
  const dry = (remaining: string, rate: { micro: number; days: number }, expires?: string) => {
    const expiresAt = expires === undefined ? null : parseInstant(expires);
    const at = runsDryAt([{ remaining: credits(remaining), expiresAt }], ZERO, rate, NOW);
    return at === null ? null : formatInstant(at);
  };
  const tenADay = { micro: 10_000_000, days: 1 };

  test('is what is available at that rate', () => {
    expect(dry('25', tenADay)).toBe('2026-10-17T12:00:00Z');
  });

  test('is never where nothing is used or it lasts for ten years, and now where nothing is left', () => {
    expect(dry('25', { micro: 0, days: 1 })).toBeNull();
    expect(dry('25', { micro: 1, days: 1 })).toBeNull();
    expect(runsDryAt([{ remaining: credits('5'), expiresAt: null }], credits('5'), tenADay, NOW)).toBe(NOW);
  });

  test('comes sooner where credits lapse before they could be used', () => {
    expect(dry('1000', tenADay, '2026-10-18T00:00:00Z')).toBe('2026-10-18T00:00:00Z');
    const two = [
      { remaining: credits('1000'), expiresAt: parseInstant('2026-10-18T00:00:00Z') },
      { remaining: credits('20'), expiresAt: null },
    ];
    expect(formatInstant(runsDryAt(two, ZERO, tenADay, NOW) ?? NOW)).toBe('2026-10-20T00:00:00Z');
  });

  test('is exact for the largest amounts', () => {
    const all = [{ remaining: fromMicro(Number.MAX_SAFE_INTEGER), expiresAt: null }];
    expect(runsDryAt(all, ZERO, { micro: Number.MAX_SAFE_INTEGER, days: 30 }, NOW)).toBe(NOW + 30 * 86_400_000);
  });
});

describe('the suggestion', () => {
  const LARGEST = credits('10000');
  const told = (rule: { below: Credits; amount: Credits } | null) =>
    rule && [formatCredits(rule.below), formatCredits(rule.amount)];

  test('lasts three of the busiest days, and fourteen average ones a top-up, in whole credits', () => {
    // Busiest stretch of four: 40; average 7.
    const burn = burnOf('10', '10', '10', '10', '3', '3', '3');

    expect(burn && told(suggestRule(burn, LARGEST))).toEqual(['30.00', '98.00']);
  });

  test('is none where nothing is used, and no more than one purchase may be', () => {
    const idle = {
      average: { micro: 0, days: 7 },
      fastest: { micro: 0, days: 4 },
      slowest: { micro: 0, days: 4 },
      days: 7,
    };
    const busy = burnOf(...Array.from({ length: 7 }, () => '5000'));

    expect(suggestRule(idle, LARGEST)).toBeNull();
    expect(busy && told(suggestRule(busy, LARGEST))).toEqual(['15000.00', '10000.00']);
  });
});
