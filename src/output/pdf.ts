import type PDFKit from 'pdfkit';

/** A document a company sends, as a value: what it is, who to, its facts, its tables, what it says below. */
export interface PdfDocument {
  readonly title: string;
  /** Said in red beside the title, where money is not real. */
  readonly mark?: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly tables: readonly PdfTable[];
  readonly notes: readonly string[];
  /** When it says that it was made: the only time in the file, so that the same document gives the same bytes. */
  readonly date: Date;
}

export interface PdfTable {
  readonly title?: string;
  readonly columns: readonly { readonly title: string; readonly isNumber?: boolean; readonly share: number }[];
  readonly rows: readonly (readonly string[])[];
  /** Stands under a line, in bold. */
  readonly total?: readonly string[];
}

const MARGIN = 56;
const ROW = 17;
const FOOT = 40;
const GREY = '#666666';
const LINE = '#bbbbbb';
/** The built-in fonts know Western letters only: anything else shows as a question mark rather than as rubbish. */
const UNKNOWN = /[^\n\u0020-\u007e\u00a0-\u00ff\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u20ac]/gu;

/** The document as PDF, A4, pages numbered. pdfkit is loaded here and nowhere else. */
export async function renderPdf(document: PdfDocument): Promise<Uint8Array> {
  const { default: PdfKit } = await import('pdfkit');
  const info = { Title: document.title, Producer: 'wallet', Creator: 'wallet', CreationDate: document.date };
  const pdf = new PdfKit({ size: 'A4', margin: MARGIN, bufferPages: true, info });
  const chunks: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    pdf.on('end', resolve);
    pdf.on('error', reject);
  });
  drawHead(pdf, document);
  for (const table of document.tables) drawTable(pdf, table);
  drawNotes(pdf, document.notes);
  numberPages(pdf, document.title);
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

type Pdf = InstanceType<typeof PDFKit>;

function drawHead(pdf: Pdf, { title, mark, facts }: PdfDocument): void {
  pdf.font('Helvetica-Bold').fontSize(20).fillColor('black').text(plain(title), MARGIN, MARGIN);
  if (mark !== undefined) pdf.font('Helvetica-Bold').fontSize(10).fillColor('#b00020').text(plain(mark));
  pdf.moveDown(1);
  for (const [label, value] of facts) {
    const y = pdf.y;
    pdf.font('Helvetica').fontSize(9.5).fillColor(GREY).text(plain(label), MARGIN, y, { width: 110 });
    const labelEnd = pdf.y;
    pdf.fillColor('black').text(plain(value), MARGIN + 120, y, { width: widthOf(pdf) - 120 });
    pdf.y = Math.max(pdf.y, labelEnd) + 2;
  }
  pdf.moveDown(1.5);
}

function drawTable(pdf: Pdf, table: PdfTable): void {
  makeRoom(pdf, 4 * ROW);
  if (table.title !== undefined) {
    pdf.font('Helvetica-Bold').fontSize(11.5).fillColor('black').text(plain(table.title), MARGIN, pdf.y);
    pdf.moveDown(0.5);
  }
  const head = () => {
    drawRow(
      pdf,
      table,
      table.columns.map(({ title }) => title),
      { bold: true, colour: GREY },
    );
    rule(pdf);
  };
  head();
  const decimals = table.columns.map((_, at) =>
    Math.max(...[...table.rows, table.total ?? []].map((row) => decimalsOf(row[at]))),
  );
  const aligned = (row: readonly string[]) => row.map((cell, at) => padDecimals(cell, decimals[at] ?? 0));
  for (const row of table.rows) {
    if (makeRoom(pdf, ROW)) head();
    drawRow(pdf, table, aligned(row), {});
  }
  if (table.total !== undefined) {
    makeRoom(pdf, 2 * ROW);
    rule(pdf);
    drawRow(pdf, table, aligned(table.total), { bold: true });
  }
  pdf.moveDown(1.5);
}

const DECIMAL = /^-?\d+\.(\d+)$/;

function decimalsOf(cell = ''): number {
  return DECIMAL.exec(cell)?.[1]?.length ?? 0;
}

/** On paper the amounts of a column have as many decimals as the one with the most, so that their points stand in line. */
function padDecimals(cell: string, decimals: number): string {
  const own = decimalsOf(cell);
  return own === 0 ? cell : cell + '0'.repeat(decimals - own);
}

function drawRow(
  pdf: Pdf,
  { columns }: PdfTable,
  cells: readonly string[],
  look: { bold?: true; colour?: string },
): void {
  const y = pdf.y;
  const unit = widthOf(pdf) / columns.reduce((sum, { share }) => sum + share, 0);
  let x = MARGIN;
  pdf
    .font(look.bold ? 'Helvetica-Bold' : 'Helvetica')
    .fontSize(9.5)
    .fillColor(look.colour ?? 'black');
  columns.forEach(({ share, isNumber }, at) => {
    const width = share * unit;
    const align = isNumber ? 'right' : 'left';
    pdf.text(plain(cells[at] ?? ''), x, y, { width: width - 6, height: ROW, align, ellipsis: true, lineBreak: false });
    x += width;
  });
  pdf.x = MARGIN;
  pdf.y = y + ROW;
}

function rule(pdf: Pdf): void {
  pdf
    .moveTo(MARGIN, pdf.y - 3)
    .lineTo(MARGIN + widthOf(pdf), pdf.y - 3)
    .lineWidth(0.6)
    .strokeColor(LINE)
    .stroke();
  pdf.y += 3;
}

function drawNotes(pdf: Pdf, notes: readonly string[]): void {
  for (const note of notes) {
    makeRoom(pdf, 2 * ROW);
    pdf
      .font('Helvetica')
      .fontSize(8.5)
      .fillColor(GREY)
      .text(plain(note), MARGIN, pdf.y, { width: widthOf(pdf) });
    pdf.moveDown(0.4);
  }
}

/** Starts a page where what comes next does not fit; answers whether it did. */
function makeRoom(pdf: Pdf, height: number): boolean {
  if (pdf.y + height <= pdf.page.height - MARGIN - FOOT) return false;
  pdf.addPage();
  return true;
}

function numberPages(pdf: Pdf, title: string): void {
  const { start, count } = pdf.bufferedPageRange();
  for (let page = start; page < start + count; page += 1) {
    pdf.switchToPage(page);
    // Below the margin pdfkit would start a page of its own.
    pdf.page.margins.bottom = 0;
    const y = pdf.page.height - FOOT;
    pdf.font('Helvetica').fontSize(8).fillColor(GREY);
    pdf.text(plain(title), MARGIN, y, { width: widthOf(pdf), lineBreak: false });
    pdf.text(`page ${page + 1} of ${count}`, MARGIN, y, { width: widthOf(pdf), align: 'right', lineBreak: false });
  }
}

function widthOf(pdf: Pdf): number {
  return pdf.page.width - 2 * MARGIN;
}

function plain(text: string): string {
  return text.replace(UNKNOWN, '?');
}
