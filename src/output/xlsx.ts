import { parseInstant } from '../core/time';
import { type Cell, type CellKind, type Column, type Listing, runsOf } from './view';
import { type ZipPart, zipStream } from './zip-stream';

/**
 * XLSX by hand, because every writer on offer keeps the whole sheet in memory: a million transactions would take
 * gigabytes. What stands here is the part of Office Open XML (ECMA-376) that a table of text, numbers and dates needs.
 */

/** A sheet ends here, and the next one begins. */
const MOST_ROWS = 1_048_576;
/** Text over this length no spreadsheet takes in a cell. */
const LONGEST_TEXT = 32_767;
/** 1970-01-01 in the days of a spreadsheet, which count from 1899-12-30. */
const EPOCH_DAY = 25_569;
const DAY_MS = 86_400_000;
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

/** Styles by their place in `cellXfs` below. */
const STYLE: Readonly<Record<CellKind | 'head', number>> = { text: 0, head: 1, time: 2, amount: 3, count: 4 };
const WIDTH: Readonly<Record<CellKind, number>> = { text: 18, time: 20, amount: 16, count: 12 };
const ID_WIDTH = 34;

/** What XML cannot hold, and what would read as an escape of it. */
const UNSAFE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]|_x[0-9A-Fa-f]{4}_/gu;
const MARKUP = /[&<>]/g;
const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** The listing as a workbook: numbers as numbers, times as dates (UTC), a head that stays in view. One page in memory. */
export function renderXlsx<T>(listing: Listing<T>): AsyncGenerator<Uint8Array> {
  return zipStream(partsOf(listing));
}

async function* partsOf<T>(listing: Listing<T>): AsyncGenerator<ZipPart> {
  const columns = listing.columns.filter((column) => column.tableOnly !== true);
  const rows = rowsOf(listing);
  let sheets = 0;
  for (let next = await rows.next(); sheets === 0 || next.done !== true; ) {
    sheets += 1;
    const sheet: ZipPart = { name: `xl/worksheets/sheet${sheets}.xml`, text: sheetText() };
    yield sheet;
    async function* sheetText(): AsyncGenerator<string> {
      yield sheetStart(columns);
      for (let row = 2; next.done !== true && row <= MOST_ROWS; row += 1) {
        yield rowXml(columns, next.value, row);
        next = await rows.next();
      }
      yield `</sheetData></worksheet>`;
    }
  }
  for (const [name, text] of frame(listing.name, sheets)) yield { name, text: [text] };
}

async function* rowsOf<T>(listing: Listing<T>): AsyncGenerator<T> {
  for await (const page of listing.pages) {
    for (const run of runsOf(page.rows)) yield* run;
  }
}

function sheetStart<T>(columns: readonly Column<T>[]): string {
  const widths = columns
    .map(
      ({ key, kind }, at) =>
        `<col min="${at + 1}" max="${at + 1}" width="${key === 'id' ? ID_WIDTH : WIDTH[kind]}" customWidth="1"/>`,
    )
    .join('');
  const head = columns.map(({ title, kind }, at) =>
    textCell(kind === 'time' ? `${title} (UTC)` : title, at, 1, STYLE.head),
  );
  return `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths}</cols><sheetData><row r="1">${head.join('')}</row>`;
}

function rowXml<T>(columns: readonly Column<T>[], item: T, row: number): string {
  let xml = `<row r="${row}">`;
  for (let at = 0; at < columns.length; at += 1) {
    const column = columns[at];
    if (column !== undefined) xml += cellXml(column.kind, column.cell(item), at, row);
  }
  return `${xml}</row>`;
}

function cellXml(kind: CellKind, cell: Cell, at: number, row: number): string {
  if (cell === null || cell === '') return '';
  if (kind === 'text') return textCell(String(cell), at, row, STYLE.text);
  const value = kind === 'time' ? dayNumber(String(cell)) : cell;
  return `<c r="${columnName(at)}${row}" s="${STYLE[kind]}"><v>${value}</v></c>`;
}

function textCell(text: string, at: number, row: number, style: number): string {
  const shown = text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text;
  return `<c r="${columnName(at)}${row}" t="inlineStr" s="${style}"><is><t xml:space="preserve">${escapeXml(shown)}</t></is></c>`;
}

function dayNumber(time: string): number {
  return EPOCH_DAY + parseInstant(time) / DAY_MS;
}

function columnName(at: number): string {
  return at < 26 ? String.fromCharCode(65 + at) : columnName(Math.floor(at / 26) - 1) + columnName(at % 26);
}

function escapeXml(text: string): string {
  return text.replace(UNSAFE, escaped).replace(MARKUP, (char) => NAMED[char] ?? char);
}

/** As spreadsheets write what XML cannot hold: `_x0001_`, and `_x005F_` for an underscore that would begin one. */
function escaped(match: string): string {
  if (match.length > 1) return `_x005F${match}`;
  return `_x${match.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}_`;
}

/** Everything around the sheets. */
function frame(name: string, sheets: number): readonly (readonly [string, string])[] {
  const numbers = Array.from({ length: sheets }, (_, at) => at + 1);
  const titleOf = (number: number) => escapeXml(number === 1 ? name : `${name} ${number}`);
  const sheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  return [
    [
      '[Content_Types].xml',
      `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${sheetType}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${sheetType}.styles+xml"/>${numbers.map((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${sheetType}.worksheet+xml"/>`).join('')}</Types>`,
    ],
    [
      '_rels/.rels',
      `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      'xl/workbook.xml',
      `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${numbers.map((n) => `<sheet name="${titleOf(n)}" sheetId="${n}" r:id="rId${n}"/>`).join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `${XML}<Relationships xmlns="${PACKAGE}/relationships">${numbers.map((n) => `<Relationship Id="rId${n}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${n}.xml"/>`).join('')}<Relationship Id="rId${sheets + 1}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    ],
    ['xl/styles.xml', `${XML}${STYLES}`],
  ];
}

const FILL =
  '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>';
const STYLES = `<styleSheet xmlns="${MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/><numFmt numFmtId="165" formatCode="#,##0.00####"/><numFmt numFmtId="166" formatCode="#,##0"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>${FILL}<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0" fontId="0"/><xf numFmtId="0" fontId="1" applyFont="1"/><xf numFmtId="164" fontId="0" applyNumberFormat="1"/><xf numFmtId="165" fontId="0" applyNumberFormat="1"/><xf numFmtId="166" fontId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`;
