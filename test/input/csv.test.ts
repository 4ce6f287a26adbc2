import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { openCsv } from '../../src/input/csv';
import { scanCsv } from '../../src/input/csv-records';
import { all, chunksOf } from './sources';

async function read(text: string | Buffer, size?: number) {
  const csv = await openCsv(chunksOf(text, size));
  const records = (await all(csv.batches)).flatMap((batch) => batch.records);
  return { header: csv.header, records: records.map(({ line, cells, problem }) => ({ line, cells, problem })) };
}

const ok = (line: number, ...cells: string[]) => ({ line, cells, problem: null });

describe('a CSV file', () => {
  test.each([
    ['LF', 'a,b\n1,2\n3,4\n', [ok(2, '1', '2'), ok(3, '3', '4')]],
    ['CRLF', 'a,b\r\n1,2\r\n3,4\r\n', [ok(2, '1', '2'), ok(3, '3', '4')]],
    ['CR alone', 'a,b\r1,2\r3,4\r', [ok(2, '1', '2'), ok(3, '3', '4')]],
    ['LF and CRLF by turns', 'a,b\r\n1,2\n3,4\r\n', [ok(2, '1', '2'), ok(3, '3', '4')]],
    ['no line end at the end', 'a,b\n1,2', [ok(2, '1', '2')]],
    ['a byte order mark', '\ufeffa,b\n1,2\n', [ok(2, '1', '2')]],
    ['a byte order mark and quotes', '\ufeff"a",b\n1,2\n', [ok(2, '1', '2')]],
    ['blank lines', '\n\na,b\n\n1,2\n\r\n3,4\n\n', [ok(5, '1', '2'), ok(7, '3', '4')]],
    ['quoted cells', 'a,b\n"1","2"\n', [ok(2, '1', '2')]],
    ['doubled quotes', 'a,b\n"say ""hi""",""""\n', [ok(2, 'say "hi"', '"')]],
    ['empty cells', 'a,b\n,\n"",\n', [ok(2, '', ''), ok(3, '', '')]],
    ['a comma in quotes', 'a,b\n"1,5",2\n', [ok(2, '1,5', '2')]],
    ['line ends in quotes', 'a,b\n"1\n\r\n5",2\n3,4\n', [ok(2, '1\n\r\n5', '2'), ok(5, '3', '4')]],
    ['a quote within an unquoted cell', 'a,b\n6" card,2\n', [ok(2, '6" card', '2')]],
    ['a space before a quote', 'a,b\n "1",2\n', [ok(2, ' "1"', '2')]],
    ['quotes and CRLF', 'a,b\r\n1,"2"\r\n3,4\r\n', [ok(2, '1', '2'), ok(3, '3', '4')]],
    ['letters of every script', 'a,b\nZoë,東京😀\n', [ok(2, 'Zoë', '東京😀')]],
  ])('with %s is read', async (_, text, records) => {
    expect(await read(text)).toEqual({ header: ['a', 'b'], records });
  });

  it('is the same wherever its bytes are cut', async () => {
    const text = '\ufeffa,b\r\n"é\r\n""東",2\r\n\r\n3,😀\n';
    const whole = await read(text);
    for (let size = 1; size < 30; size += 1) expect(await read(text, size)).toEqual(whole);
  });

  it('of many blocks has the right lines throughout', async () => {
    const rows = Array.from({ length: 40_000 }, (_, index) => (index % 7 === 0 ? `"${index}\n",x` : `${index},é`));
    const { records } = await read(`a,b\n${rows.join('\n')}\n`, 50_000);
    expect(records).toHaveLength(rows.length);
    expect(records.every(({ problem }) => problem === null)).toBe(true);
    expect(records.at(-1)).toEqual(ok(1 + 40_000 + Math.ceil(40_000 / 7), '39999', 'é'));
  });

  it('comes in batches of exactly the size asked for', async () => {
    const text = `a\n${'1\n'.repeat(25)}`;
    for (const size of [1, 3, 1000]) {
      const csv = await openCsv(chunksOf(text, size), { batchRows: 10 });
      expect((await all(csv.batches)).map((batch) => batch.records.length)).toEqual([10, 10, 5]);
    }
  });

  it('tells how many bytes were read', async () => {
    const text = `a\n${'1\n'.repeat(25)}`;
    const csv = await openCsv(chunksOf(text));
    expect((await all(csv.batches)).at(-1)?.bytes).toBe(text.length);
  });
});

describe('a bad record', () => {
  test.each([
    [
      'too few cells',
      'a,b\n1\n3,4\n',
      [{ line: 2, cells: ['1'], problem: 'has 1 cell and the header has 2' }, ok(3, '3', '4')],
    ],
    [
      'too many cells',
      'a,b\n1,2,3\n',
      [{ line: 2, cells: ['1', '2', '3'], problem: 'has 3 cells and the header has 2' }],
    ],
    [
      'text after a closing quote',
      'a,b\n"1"x,2\n3,4\n',
      [{ line: 2, cells: ['1'], problem: 'has text after a closing quote' }, ok(3, '3', '4')],
    ],
    [
      'a file cut inside quotes',
      'a,b\n1,2\n3,"4\n5,6\n',
      [
        ok(2, '1', '2'),
        { line: 3, cells: [], problem: 'opens a quote that is never closed; nothing after it was read' },
      ],
    ],
    [
      'a file cut in a row',
      'a,b\n1,2\n3',
      [ok(2, '1', '2'), { line: 3, cells: ['3'], problem: 'has 1 cell and the header has 2' }],
    ],
  ])('with %s is a problem of its line alone', async (_, text, records) => {
    expect((await read(text)).records).toEqual(records);
  });

  it('with bytes that are no UTF-8 is named by the line it starts on', async () => {
    const start = Buffer.from(`a,b\n1,2\n${'3,4\n'.repeat(200_000)}"x\n`);
    const text = Buffer.concat([start, Buffer.from([0xe9]), Buffer.from('",2\n5,\ufffd\n7,\0\n')]);
    for (const size of [1_000, 65_536, 300_000]) {
      const { records } = await read(text, size);
      expect(records.slice(-4)).toEqual([
        ok(200_002, '3', '4'),
        { line: 200_003, cells: ['x\n\ufffd', '2'], problem: 'is not valid UTF-8' },
        ok(200_005, '5', '\ufffd'),
        { line: 200_006, cells: ['7', '\0'], problem: 'has a zero byte in it' },
      ]);
    }
  });

  it.each([
    ['a line', 'x'.repeat(2_000_000)],
    ['a record of many lines', `"${'x\n'.repeat(1_000_000)}",1`],
  ])('longer than 1 MiB (%s) is the last thing read', async (_, long) => {
    const { records } = await read(`a,b\n1,2\n${long}\n3,4\n`, 65_536);
    expect(records).toEqual([
      ok(2, '1', '2'),
      { line: 3, cells: [], problem: 'starts a record longer than 1 MiB; nothing after it was read' },
    ]);
  });
});

describe('what is no CSV file', () => {
  test.each([
    ['nothing', '', 'the file is empty'],
    ['blank lines', '\n\r\n\n', 'the file is empty'],
    ['a mark alone', '\ufeff', 'the file is empty'],
    ['zero bytes', 'a,b\n\0\0', 'the input is not a text file'],
    ['UTF-16', Buffer.from('\ufeffa,b\n', 'utf16le'), 'the input is not a text file'],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 9]), 'the input is not a text file'],
    ['a workbook', Buffer.from('PK\x03\x04abc'), 'the input is not a text file'],
    ['a quote that never ends', '"a,b\n1,2\n', 'the header cannot be read'],
    ['one endless line', 'x'.repeat(3_000_000), 'the header cannot be read'],
  ])('%s is refused', async (_, content, message) => {
    await expect(read(content, 65_536)).rejects.toMatchObject({ code: 'invalid_input', message });
  });
});

describe('against csv-parse', () => {
  /** What csv-parse reads; null where it refuses the text. */
  function oracle(text: string): string[][] | null {
    try {
      return parse(text, { record_delimiter: ['\r\n', '\n'], relax_column_count: true, skip_empty_lines: true });
    } catch {
      return null;
    }
  }

  // A CR that ends the file is half a CRLF here, and text to csv-parse: the one difference, left out.
  const hostile = fc
    .string({ unit: fc.constantFrom('a', '"', '"', ',', '\n', '\r\n', '\r', ' ', 'é'), maxLength: 40 })
    .map((text) => text.replace(/\r$/, '\r\n'));

  it('any text that csv-parse accepts is read the same', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const records = oracle(text);
        fc.pre(records !== null);
        const scan = scanCsv(text, 1);
        expect(scan.openAt).toBe(-1);
        expect(scan.records.map(({ cells }) => cells)).toEqual(records);
        expect(scan.records.every(({ problem }) => problem === null)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it('written records are read back, each with its line', async () => {
    const cell = fc.tuple(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', '東') }), fc.boolean());
    const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 30 });
    const newline = fc.constantFrom('\n', '\r\n');
    const size = fc.integer({ min: 1, max: 60 });
    await fc.assert(
      fc.asyncProperty(rows, newline, size, async (written, end, chunk) => {
        const quoteAll = ([text, always]: [string, boolean]) =>
          always || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
        const lines = written.map((cells) => cells.map(quoteAll).join(','));
        const { records } = await read(`x,y,z${end}${lines.join(end)}${end}`, chunk);
        let line = 2;
        const expected = written.map((cells, index) => {
          const record = ok(line, ...cells.map(([text]) => text));
          line += lines[index]?.split('\n').length ?? 0;
          return record;
        });
        expect(records).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('text that csv-parse refuses has a problem, an open quote, or a quote inside a plain cell', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(oracle(text) === null);
        const scan = scanCsv(text, 1);
        const literal = scan.records.some(({ cells }) => cells.some((content) => content.includes('"')));
        expect(scan.openAt >= 0 || literal || scan.records.some(({ problem }) => problem !== null)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
