import { plainStyles } from './colour';
import { chooseColumns } from './column-choice';
import { type ColumnLayout, createColumnLayout, textsOf } from './column-layout';
import { escapeControl } from './escape';
import { type Column, type Listing, type RenderOptions, runsOf } from './view';

/** cli-table3 takes time with the square of its rows (8,000 take 8 s): beyond this many it never sees them. */
const SMALL_TABLE_ROWS = 200;

/**
 * A table for people: no borders, a bold head with a line under it, gutters of two spaces, numbers lined up on their
 * decimal points. The first rows decide the widths; a long list then streams, and a column may still widen on the way.
 */
export async function* renderTable<T>(listing: Listing<T>, options: RenderOptions): AsyncGenerator<string> {
  const columns = listing.columns.filter((column) => column.dataOnly !== true);
  const bold = (options.styles ?? plainStyles).bold;
  const first: string[][] = [];
  let table: Fitted | undefined;

  for await (const page of listing.pages) {
    for (const rows of runsOf(page.rows)) {
      const cells = (item: T) => columns.map((column) => column.cell(item));
      const texts = rows.map((item) => textsOf(columns, cells(item), options));
      if (table !== undefined) yield linesOf(table.layout, texts.map(table.pick));
      else first.push(...texts);
      if (table === undefined && first.length > SMALL_TABLE_ROWS) {
        table = fitted(columns, first, options);
        yield longStart(table.layout, first.splice(0).map(table.pick), bold);
      }
    }
  }
  const footer = (listing.footer?.() ?? []).map((row) =>
    textsOf(
      columns,
      columns.map((column) => row[column.key] ?? null),
      options,
    ),
  );
  if (table !== undefined) {
    if (footer.length > 0) yield `${footerRule(table.layout)}${linesOf(table.layout, footer.map(table.pick))}`;
    return;
  }
  const { layout, pick } = fitted(columns, [...first, ...footer], options);
  yield await smallTable(layout, first.map(pick), footer.map(pick), bold);
  if (first.length === 0) yield `no ${escapeControl(listing.name)}\n`;
}

/** The columns that there is room for. */
interface Fitted {
  readonly layout: ColumnLayout;
  readonly pick: (row: readonly string[]) => string[];
}

function fitted<T>(
  columns: readonly Column<T>[],
  rows: readonly (readonly string[])[],
  options: RenderOptions,
): Fitted {
  const chosen = chooseColumns(columns, rows, options.width);
  const kept = chosen.flatMap((index) => columns[index] ?? []);
  const leftOut = columns.filter((column, index) => !kept.includes(column) && rows.some((row) => row[index] !== ''));
  if (leftOut.length > 0) options.onLeftOut?.(leftOut.map(({ title }) => title));
  return { layout: createColumnLayout(kept, options), pick: (row) => chosen.map((index) => row[index] ?? '') };
}

function linesOf(layout: ColumnLayout, rows: readonly (readonly string[])[]): string {
  layout.include(rows);
  return rows.map((row) => `${layout.line(row)}\n`).join('');
}

function longStart(layout: ColumnLayout, rows: readonly (readonly string[])[], bold: (text: string) => string): string {
  const body = linesOf(layout, rows);
  return `${bold(layout.line(layout.head))}\n${layout.rule.join('  ')}\n${body}`;
}

function footerRule(layout: ColumnLayout): string {
  return `${layout.rule.join('  ')}\n`;
}

async function smallTable(
  layout: ColumnLayout,
  rows: readonly (readonly string[])[],
  footer: readonly (readonly string[])[],
  bold: (text: string) => string,
): Promise<string> {
  const { default: Table } = await import('cli-table3');
  layout.include([...rows, ...footer]);
  const table = new Table({
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    colAligns: layout.numeric.map((numeric) => (numeric ? 'right' : 'left')),
  });
  const body = rows.map((row) => layout.cut(row));
  table.push([...layout.head], [...layout.rule], ...body);
  if (footer.length > 0) table.push([...layout.rule], ...footer.map((row) => layout.cut(row)));
  const [head = '', ...lines] = table.toString().split('\n');
  return [bold(head.trimEnd()), ...lines.map((line) => line.trimEnd())].map((line) => `${line}\n`).join('');
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
