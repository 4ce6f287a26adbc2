import { type Credits, parseCredits, quote } from '../credits';
import { WalletError } from '../errors';
import type { Billing, Tier } from './rating';

/** A service of the starter catalogue. Prices are examples, and said to be so until they are set. */
export interface StarterService {
  readonly service: string;
  readonly name: string;
  readonly unit: string;
  readonly price: string;
  readonly freeQuota: number;
  readonly billing: Billing;
}

export const STARTER_CATALOGUE: readonly StarterService[] = [
  starter('sms', 'SMS', 'message', '0.0079'),
  starter('email', 'Email', 'message', '0.0004'),
  starter('validation', 'Validation', 'check', '0.004'),
  starter('handwritten-letter', 'Handwritten letter', 'letter', '3.25'),
  starter('postcard', 'Postcard', 'postcard', '0.85'),
  starter('email-test', 'Email test', 'test', '0.10'),
  starter('social-append', 'Social append', 'record', '0.02', 100),
  starter('smart-match', 'Smart match', 'record', '0.015', 500),
  starter('people-search', 'People search', 'search', '0.05'),
  starter('audio-transcription', 'Audio transcription', 'minute', '0.024', 0, 'postpaid'),
  starter('business-card-transcription', 'Business card transcription', 'card', '0.18', 0, 'postpaid'),
];

function starter(
  service: string,
  name: string,
  unit: string,
  price: string,
  freeQuota = 0,
  billing: Billing = 'prepaid',
): StarterService {
  return { service, name, unit, price, freeQuota, billing };
}

const LARGEST_COUNT = 1_000_000_000_000;

/** Reads a free quota as typed: `500/month`, or `0` for none. Throws `invalid_value`. */
export function parseFreeQuota(text: string): number {
  const match = /^(0|[1-9][0-9]{0,12})(?:\/month)?$/.exec(text);
  const quota = match === null ? Number.NaN : Number(match[1]);
  if (match === null || quota > LARGEST_COUNT || (quota > 0 && !text.endsWith('/month'))) {
    throw new WalletError('invalid_value', `the free quota ${quote(text)} is not valid`, {
      why: 'a free quota is a whole number of units per calendar month',
      hint: 'write --free-quota 500/month, or 0 for none',
    });
  }
  return quota;
}

/** Reads volume tiers as typed: `0:0.01,10000:0.008`. The first starts at 0, each next one later. Throws `invalid_value`. */
export function parseTiers(text: string): readonly Tier[] {
  const tiers = text.split(',').map(parseTier);
  const inOrder = tiers.every((tier, index) =>
    index === 0 ? tier.from === 0 : tier.from > (tiers[index - 1]?.from ?? 0),
  );
  if (!inOrder || tiers.length > 100) throw invalidTiers(text);
  return tiers;
}

function parseTier(text: string): Tier {
  const match = /^(0|[1-9][0-9]{0,12}):(.+)$/.exec(text.trim());
  if (match === null) throw invalidTiers(text);
  return { from: Number(match[1]), price: parsePrice(match[2] ?? '') };
}

function invalidTiers(text: string): WalletError {
  return new WalletError('invalid_value', `the tiers ${quote(text)} are not valid`, {
    why: 'tiers are FROM:PRICE pairs, the first from 0, each next one from a higher unit of the month',
    hint: 'write --tiers 0:0.01,10000:0.008',
  });
}

/** Reads a price for one unit. Throws `invalid_amount`. */
export function parsePrice(text: string): Credits {
  return parseCredits(text, 'price');
}

/** Reads how a service is paid. Throws `invalid_value`. */
export function parseBilling(text: string): Billing {
  if (text === 'prepaid' || text === 'postpaid') return text;
  throw new WalletError('invalid_value', `the billing ${quote(text)} is not valid`, {
    why: 'a service is paid before (prepaid, from credits) or after (postpaid, by invoice)',
    hint: 'write --billing prepaid or --billing postpaid',
  });
}
