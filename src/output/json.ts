import { escapeControlInJson } from './escape';
import { type Listing, runsOf } from './view';

/**
 * One JSON document, `{"<name>": […], "next": cursor or null, …extra}`: an item a line, so that it can be written while
 * the pages come in and still be read by people and by `diff`.
 */
export async function* renderJson<T>(listing: Listing<T>): AsyncGenerator<string> {
  yield `{\n  ${formatJson(listing.name)}: [`;
  let next: string | null = null;
  let separator = '\n    ';
  for await (const page of listing.pages) {
    next = page.next;
    for (const rows of runsOf(page.rows)) {
      yield `${separator}${rows.map(formatJson).join(',\n    ')}`;
      separator = ',\n    ';
    }
  }
  yield separator.startsWith(',') ? '\n  ]' : ']';
  const fields = Object.entries({ next, ...listing.extra?.() });
  yield `${fields.map(([key, value]) => `,\n  ${formatJson(key)}: ${formatJson(value)}`).join('')}\n}\n`;
}

/** One item a line and nothing else. */
export async function* renderNdjson<T>(listing: Listing<T>): AsyncGenerator<string> {
  for await (const page of listing.pages) {
    for (const rows of runsOf(page.rows)) yield `${rows.map(formatJson).join('\n')}\n`;
  }
}

/** A value as JSON on one line, with every control character escaped: the same value to a parser, safe on a screen. */
export function formatJson(value: unknown): string {
  return escapeControlInJson(JSON.stringify(value) ?? 'null');
}
