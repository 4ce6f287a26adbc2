import { expect, it, test } from 'vitest';
import { escapeControl } from '../../src/output/escape';

test.each([
  ['escape', '\x1b[31mred', '\\x1b[31mred'],
  ['bell', '\x07', '\\x07'],
  ['the C1 control sequence introducer', '\x9b31m', '\\x9b31m'],
  ['DEL', '\x7f', '\\x7f'],
  ['line ends and tabs', 'a\r\n\tb', 'a\\r\\n\\tb'],
  ['a right-to-left override', 'a\u202eb', 'a\\u202eb'],
  ['an isolate', '\u2066a\u2069', '\\u2066a\\u2069'],
  ['a zero-width space', 'pay\u200bpal', 'pay\\u200bpal'],
  ['a byte order mark', '\ufeffa', '\\ufeffa'],
  ['a soft hyphen', 'a\u00adb', 'a\\xadb'],
  ['a line separator', 'a\u2028b', 'a\\u2028b'],
  ['a tag character', '\u{e0041}', '\\u{e0041}'],
  ['half a surrogate pair', 'a\ud83d', 'a\\ud83d'],
])('%s is shown escaped', (_, text, shown) => {
  expect(escapeControl(text)).toBe(shown);
});

it('leaves letters of every script, emoji and punctuation alone', () => {
  const text = 'Zoë – 東京 · עברית · 😀 · naïve “quotes” \\x1b';
  expect(escapeControl(text)).toBe(text);
});
