import { expect, it } from 'vitest';
import { item, listingOf, render } from './listing';

it('Markdown is a pipe table with numbers to the right and local times', async () => {
  const rows = [item({ memo: 'a|b\\c <i>\nd' }), item({ memo: null, time: null })];
  const footer = () => [{ id: 'total', amount: '-3.00' }];
  expect(await render('markdown', listingOf(rows, { footer }), { formatTime: (time) => time.slice(0, 10) })).toBe(
    '| Id | Time | Memo | Quantity | Amount |\n' +
      '| --- | --- | --- | ---: | ---: |\n' +
      '| txn_1 | 2026-10-05 | a\\|b\\\\c \\<i>\\nd | 3 | -1.50 |\n' +
      '| txn_1 |  |  | 3 | -1.50 |\n' +
      '| total |  |  |  | -3.00 |\n',
  );
});
