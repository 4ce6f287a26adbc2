import { expect, it } from 'vitest';
import { plainStyles } from '../../src/output/colour';
import { renderFacts } from '../../src/output/facts';

it('facts stand beneath each other', () => {
  expect(
    renderFacts([
      ['available', '74.50'],
      ['held', null],
      ['', 'a second line'],
      ['cards', 2],
    ]),
  ).toBe('available  74.50\nheld       -\n           a second line\ncards      2\n');
});

it('a value is escaped, then styled', () => {
  const styles = { ...plainStyles, green: (text: string) => `<g>${text}</g>` };
  expect(renderFacts([['status', 'ok\x1b[31m', 'green']], { styles, indent: 2 })).toBe(
    '  status  <g>ok\\x1b[31m</g>\n',
  );
});

it('no facts are no text', () => {
  expect(renderFacts([])).toBe('');
});
