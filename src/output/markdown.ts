import { escapeControl } from './escape';
import { type Cell, type Column, isNumeric, type Listing, type RenderOptions, runsOf, shownCell } from './view';

/** What would end a cell or begin markup inside it; line breaks become escapes, as a cell is one line. */
const MARKUP = /[\\|<]/g;

/** A pipe table (GitHub's Markdown): times in the organisation's zone, numbers to the right, the footer at the end. */
export async function* renderMarkdown<T>(listing: Listing<T>, options: RenderOptions): AsyncGenerator<string> {
  const columns = listing.columns.filter((column) => column.dataOnly !== true);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const write = (column: Column<T>, cell: Cell) => escapeMarkup(shownCell(column.kind, cell, options));

  yield line(columns.map((column) => escapeMarkup(column.title)));
  yield line(columns.map((column) => (isNumeric(column.kind) ? '---:' : '---')));
  for await (const page of listing.pages) {
    for (const rows of runsOf(page.rows)) {
      yield rows.map((item) => line(columns.map((column) => write(column, column.cell(item))))).join('');
    }
  }
  for (const row of listing.footer?.() ?? []) {
    yield line(columns.map((column) => write(column, row[column.key] ?? null)));
  }
}

function escapeMarkup(text: string): string {
  return escapeControl(text.replace(MARKUP, '\\$&'));
}
