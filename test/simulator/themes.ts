/** What a world is mostly about: each mistake shows in some of them, and is looked for there. */
const THEMES = ['cards', 'refunds', 'cards', 'refunds', 'outside'] as const;
export type Theme = (typeof THEMES)[number];

type Act = 'buy' | 'reconcile' | 'cancel' | 'refund' | 'resolve' | 'check' | 'card';
export const ACTS: Readonly<Record<Theme, readonly Act[]>> = {
  cards: ['buy', 'buy', 'buy', 'buy', 'reconcile', 'reconcile', 'reconcile', 'cancel', 'cancel', 'refund'],
  refunds: [
    'buy',
    'buy',
    'buy',
    'reconcile',
    'reconcile',
    'reconcile',
    'reconcile',
    'refund',
    'refund',
    'refund',
    'refund',
  ],
  // With orders on account, pages, auto top-up, and people and banks who take money back.
  outside: ['buy', 'buy', 'reconcile', 'reconcile', 'check', 'check', 'check', 'resolve', 'resolve', 'card', 'cancel'],
};

/** What the world of a seed is about. */
export function themeOf(seed: number): Theme {
  return THEMES[seed % THEMES.length] ?? 'cards';
}
