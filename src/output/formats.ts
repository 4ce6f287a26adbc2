import type { Listing, Renderer, RenderOptions } from './view';

/** The formats a list can take. */
export const FORMATS = ['table', 'csv', 'tsv', 'json', 'ndjson', 'xlsx', 'markdown'] as const;

export type Format = (typeof FORMATS)[number];

/** Those that are text; the others are bytes, and go to a file or a pipe. */
export type TextFormat = Exclude<Format, 'xlsx'>;

/** One file per format, loaded when asked for: a table writer must not cost a cron job its start-up. */
const RENDERERS: Readonly<Record<TextFormat, () => Promise<Renderer>>> = {
  table: async () => (await import('./text-table')).renderTable,
  csv: async () => (await import('./delimited')).renderCsv,
  tsv: async () => (await import('./delimited')).renderTsv,
  json: async () => (await import('./json')).renderJson,
  ndjson: async () => (await import('./json')).renderNdjson,
  markdown: async () => (await import('./markdown')).renderMarkdown,
};

/**
 * The listing as text in chunks, one page in memory at a time whatever the length. Stop asking, and the pages stop
 * being read. Text ends with a line feed.
 */
export async function* renderListing<T>(
  format: TextFormat,
  listing: Listing<T>,
  options: RenderOptions = {},
): AsyncGenerator<string> {
  const render = await RENDERERS[format]();
  yield* render(listing, options);
}

/** The listing in any format: text, or bytes where the format has them. */
export async function* renderAnyListing<T>(
  format: Format,
  listing: Listing<T>,
  options: RenderOptions = {},
): AsyncGenerator<string | Uint8Array> {
  if (format !== 'xlsx') return yield* renderListing(format, listing, options);
  const { renderXlsx } = await import('./xlsx');
  yield* renderXlsx(listing);
}
