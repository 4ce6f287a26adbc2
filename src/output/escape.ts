/**
 * What could move a cursor, recolour a screen or turn text around: C0 and C1 controls, DEL, soft hyphen, direction
 * marks and overrides, zero-width characters, line separators, tag characters, and halves of surrogate pairs.
 */
function replaceUnsafe(text: string, replace: (char: string) => string): string {
  // Written here, it is made when it is first needed: that takes as long as to show a balance.
  const unsafe =
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}\p{Surrogate}]/gu;
  return text.replace(unsafe, replace);
}

const PLAIN = /^[\u0020-\u007e]*$/;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text that can be shown on a terminal: everything in it that is not to be seen as itself is written out (`\n`,
 * `\x1b`, `\u202e`). All data that people or programs put in passes through here before a terminal gets it.
 */
export function escapeControl(text: string): string {
  return PLAIN.test(text) ? text : replaceUnsafe(text, (char) => SHORT[char] ?? escaped(char));
}

/** The same characters as JSON writes them, so that the document keeps its meaning. For text that is JSON already. */
export function escapeControlInJson(json: string): string {
  return PLAIN.test(json) ? json : replaceUnsafe(json, jsonEscaped);
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code > 0xffff) return `\\u{${code.toString(16)}}`;
  return code > 0xff ? `\\u${hex(code, 4)}` : `\\x${hex(code, 2)}`;
}

function jsonEscaped(char: string): string {
  return Array.from({ length: char.length }, (_, index) => `\\u${hex(char.charCodeAt(index), 4)}`).join('');
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
