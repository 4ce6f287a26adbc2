import { expect, test } from 'vitest';
import { refuseSecrets } from '../../src/core/text';

// Numbers that card networks publish for tests; each passes the Luhn check.
test.each([
  '4242424242424242',
  'charge 4242 4242 4242 4242, please',
  '4242-4242-4242-4242',
  'order_5555555555554444',
  '3782 822463 10005',
  '2223003122003222',
])('%s is refused as a card number and not repeated', (text) => {
  expect(() => refuseSecrets(text, 'memo')).toThrow(
    expect.objectContaining({ code: 'secret_refused', message: expect.not.stringMatching(/\d{4}/) }),
  );
});

test.each([
  ['a time in milliseconds', 'order-1793000000009'],
  ['a date and a time', 'evt-20261001093044'],
  ['a UUID whose digits pass the Luhn check', '5e67bfbc-7185-4840-9278-698278a3ba8e'],
  ['digits inside a word', 'txn_01a19b7c4242424242424242efdde3'],
  ['a telephone number', '+49 30 1234567 89012'],
])('%s is no card number', (_what, text) => {
  expect(() => refuseSecrets(text, 'event id')).not.toThrow();
});
