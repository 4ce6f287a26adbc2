import type { Terms } from './random-commands';

/** Since when the services have these prices. */
export const SINCE = Date.parse('2026-08-01T00:00:00Z');
export const FIRST_TERMS: Readonly<Record<string, Terms>> = {
  sms: {
    tiers: [
      [0, 10_000],
      [40, 5_000],
      [90, 1_234],
    ],
    quota: 15,
    postpaid: false,
  },
  email: { tiers: [[0, 400]], quota: 0, postpaid: false },
  'smart-match': { tiers: [[0, 15_000]], quota: 25, postpaid: false },
  'audio-transcription': {
    tiers: [
      [0, 24_000],
      [30, 20_000],
    ],
    quota: 0,
    postpaid: true,
  },
};
