import { type AlertKind, type AlertRecord, BUILT_IN_ALERTS, SPEND_PERIODS } from './alert';
import { parseCredits, quote } from './credits';
import { WalletError } from './errors';
import { nearest } from './text';

/** What an alert watches. */
export type AlertTerms = Pick<AlertRecord, 'kind' | 'threshold' | 'per' | 'app' | 'service'>;

/** The same as somebody typed it: which of the words belong to which kind is checked here. */
export interface AlertTyped {
  readonly kind: string;
  readonly below?: string;
  readonly over?: string;
  readonly per?: string;
  readonly app?: string;
  readonly service?: string;
}

const KINDS: readonly AlertKind[] = ['low-balance', 'spend', ...BUILT_IN_ALERTS];
const WORDS = ['below', 'over', 'per', 'app', 'service'] as const;

/**
 * Reads what an alert watches. Throws `invalid_value` for a kind or period that is none, `invalid_amount` for a
 * threshold that is none, and `invalid_usage` for words that are missing or belong to another kind. Whether app and
 * service exist is not looked at.
 */
export function parseAlertTerms(typed: AlertTyped): AlertTerms {
  const kind = oneOf(typed.kind, KINDS, 'alert');
  if (kind === 'low-balance') {
    const { below } = needed(typed, ['below'], []);
    return { kind, threshold: parseCredits(below, 'threshold'), per: null, app: null, service: null };
  }
  if (kind === 'spend') {
    const { over, per } = needed(typed, ['over', 'per'], ['app', 'service']);
    const threshold = parseCredits(over, 'threshold');
    const { app = null, service = null } = typed;
    return { kind, threshold, per: oneOf(per, SPEND_PERIODS, 'period'), app, service };
  }
  needed(typed, [], []);
  return { kind, threshold: null, per: null, app: null, service: null };
}

/** Reads which of the built-in alerts is meant. Throws `invalid_value`. */
export function parseBuiltIn(text: string): AlertKind {
  return oneOf(text, BUILT_IN_ALERTS, 'alert');
}

type Word = (typeof WORDS)[number];

function needed<T extends Word>(typed: AlertTyped, must: readonly T[], may: readonly Word[]): Record<T, string> {
  const missing = must.find((word) => typed[word] === undefined);
  const known: readonly Word[] = [...must, ...may];
  const foreign = WORDS.find((word) => typed[word] !== undefined && !known.includes(word));
  if (missing === undefined && foreign === undefined) return typed as Record<T, string>; // none is missing
  const problem = missing === undefined ? `takes no ${foreign}` : `needs ${missing}`;
  throw new WalletError('invalid_usage', `the alert ${typed.kind} ${problem}`, {
    why: 'a low balance is below an amount; spending is over an amount per day, week or month; nothing was changed',
    hint: 'wallet help alert',
  });
}

function oneOf<T extends string>(text: string, words: readonly T[], what: string): T {
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  const guess = nearest(text, words);
  throw new WalletError('invalid_value', `the ${what} ${quote(text)} is not valid`, {
    why: `it must be one of ${words.join(', ')}`,
    hint: guess === undefined ? 'wallet help alert' : `did you mean ${guess}?`,
  });
}
