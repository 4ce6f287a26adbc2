import { expect, test } from 'vitest';
import { reportError } from '../../src/cli/report-error';
import { WalletError } from '../../src/core/errors';

const PLAIN = { json: false, debug: false };
const JSON_ONLY = { json: true, debug: false };

const declined = new WalletError('card_declined', 'the card was declined: visa ending 4242', {
  why: 'the bank refused 100.00 USD; nothing was charged',
  hint: 'run: wallet card list',
  details: { card: 'card_1', attempts: 2 },
});

test('an error is three lines: what happened, why, what to do next', () => {
  expect(reportError(declined, PLAIN)).toEqual({
    text:
      'error: the card was declined: visa ending 4242\n' +
      'why: the bank refused 100.00 USD; nothing was charged\n' +
      'next: run: wallet card list\n',
    status: 6,
  });
});

test('with --json it is one document', () => {
  const { text } = reportError(declined, JSON_ONLY);
  expect(text.trimEnd().split('\n')).toHaveLength(1);
  expect(JSON.parse(text)).toEqual({
    error: {
      code: 'card_declined',
      message: 'the card was declined: visa ending 4242',
      why: 'the bank refused 100.00 USD; nothing was charged',
      hint: 'run: wallet card list',
      details: { card: 'card_1', attempts: 2 },
    },
  });
});

test('what nobody foresaw is a bug, and its stack shows only with --debug', () => {
  const bug = new TypeError('x is not a function');
  const quiet = reportError(bug, PLAIN);
  expect(quiet.status).toBe(1);
  expect(quiet.text).toContain('this is a bug in wallet');
  expect(quiet.text).not.toContain('report-error.test');
  expect(reportError(bug, { json: false, debug: true }).text).toContain('report-error.test');
  expect(JSON.parse(reportError(bug, JSON_ONLY).text).error.code).toBe('internal');
});

test('a prompt that was left by Ctrl-C is no failure', () => {
  const left = new Error('User force closed the prompt');
  left.name = 'ExitPromptError';
  expect(reportError(left, PLAIN)).toEqual({ text: 'error: cancelled\nwhy: nothing was charged\n', status: 130 });
});

test('nothing of the error can move a cursor, and no secret gets through', () => {
  const secret = ['sk', 'test', 'abcdefghijk'].join('_');
  const error = new WalletError('invalid_value', `bad \u001b]0;title\u0007 ${secret}`, { details: { got: [secret] } });
  expect(reportError(error, PLAIN).text).toBe('error: bad \\x1b]0;title\\x07 sk_[hidden]\n');
  expect(reportError(error, JSON_ONLY).text).not.toContain(secret);
});
