import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { guessFormat, openUsageRows, parseMap, type UsageOptions } from '../../src/input/usage-rows';
import { all, chunksOf } from './sources';

async function read(text: string, options: Partial<UsageOptions> = {}) {
  const file = await openUsageRows(chunksOf(text, 65_536), { format: 'csv', ...options });
  const batches = await all(file.batches);
  return {
    rows: batches.flatMap((batch) => batch.rows).map((row) => ({ ...row })),
    rejects: batches.flatMap((batch) => batch.rejects),
    ignored: file.ignored,
    columns: file.columns.map(({ field, title }) => (field === title ? field : `${field}=${title}`)),
    sizes: batches.map((batch) => batch.rows.length + batch.rejects.length),
  };
}

const HEADER = 'id,time,app,service,quantity,user,campaign,memo\n';
const ROW = { line: 2, app: 'crm', service: 'sms', quantity: '5' };

describe('a usage file', () => {
  it('gives rows with the cells as they stood there, empty ones absent', async () => {
    const { rows, rejects } = await read(`${HEADER}e1,2026-10-05,crm,sms,5,u1,c1,"a, b"\n,,crm,sms, 7 ,,,\n`);
    expect(rows).toEqual([
      { ...ROW, id: 'e1', time: '2026-10-05', user: 'u1', campaign: 'c1', memo: 'a, b' },
      { ...ROW, line: 3, quantity: ' 7 ' },
    ]);
    expect(Object.keys(rows[1] ?? {})).toEqual(['line', 'app', 'service', 'quantity']);
    expect(rejects).toEqual([]);
  });

  test.each([
    ['in any order', 'quantity,service,app\n5,sms,crm\n'],
    ['in any case', 'App, SERVICE ,Quantity\ncrm,sms,5\n'],
    ['with type for service', 'app,type,quantity\ncrm,sms,5\n'],
    ['as an export of transactions has them', 'type,service,app,quantity\nusage,sms,crm,5\n'],
  ])('may have its columns %s', async (_, text) => {
    expect((await read(text)).rows).toEqual([ROW]);
  });

  it('may have columns of other names, with a map', async () => {
    const map = parseMap('app=Product, quantity=How many');
    const { rows, columns, ignored } = await read('Product,type,how many,app\ncrm,sms,5,x\n', { map });
    expect(rows).toEqual([ROW]);
    expect(columns).toEqual(['app=Product', 'service=type', 'quantity=how many']);
    expect(ignored).toEqual(['app']);
  });

  it('may have columns that are not read, and they are named once', async () => {
    const { ignored } = await read('app,service,quantity,Price,,line,code,message\ncrm,sms,5,1,,2,x,y\n');
    expect(ignored).toEqual(['Price', 'line', 'code', 'message']);
  });

  it('skips rows of commas alone', async () => {
    const { rows, rejects } = await read('app,service,quantity\ncrm,sms,5\n,,\n');
    expect([rows.length, rejects.length]).toEqual([1, 0]);
  });

  it('rejects a row that lacks something, with what it has', async () => {
    const { rejects } = await read('id,app,service,quantity\ne1,crm,,\ne2,crm,sms\n');
    expect(rejects).toEqual([
      { line: 2, code: 'invalid_input', message: 'has no service and no quantity', values: { id: 'e1', app: 'crm' } },
      {
        line: 3,
        code: 'invalid_input',
        message: 'has 3 cells and the header has 4',
        values: { id: 'e2', app: 'crm', service: 'sms' },
      },
    ]);
  });

  it('counts rejects into its batches, which are of one size', async () => {
    const { sizes } = await read(`app,service,quantity\n${'crm,sms,5\ncrm,sms\n'.repeat(6)}crm,sms,1\n`, {
      batchRows: 5,
    });
    expect(sizes).toEqual([5, 5, 3]);
  });
});

describe('a header is refused', () => {
  test.each([
    [
      'without a required column',
      'app,servce,quantity\n',
      'the header has no column for service',
      'did you mean --map service=servce?',
    ],
    [
      'without any of them',
      'a,b\n',
      'the header has no column for app, service, quantity',
      'the first line names the columns; --map field=column,… reads a field from a column of another name',
    ],
    [
      'with semicolons',
      'app;service;quantity\n',
      'the header has no column for app, service, quantity',
      'the columns seem to be separated by ";": save the file with commas',
    ],
    [
      'with a column twice',
      'app,service,quantity,APP\n',
      'the header has 2 columns for app',
      'remove or rename one of them',
    ],
    [
      'with type twice',
      'app,type,quantity,type\n',
      'the header has 2 columns for service',
      'remove or rename one of them',
    ],
  ])('%s', async (_, text, message, hint) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'invalid_input', message, hint });
  });

  it('without the column that the map names', async () => {
    const map = parseMap('app=Produkt');
    await expect(read('Product,service,quantity\n', { map })).rejects.toMatchObject({
      message: 'the header has no column "Produkt" to read app from',
      why: 'it has "Product", "service", "quantity"; did you mean "Product"?',
    });
  });
});

describe('a column map', () => {
  test.each([
    ['app', '"app" is not field=column'],
    ['app=', '"app=" is not field=column'],
    ['app=a,', '"" is not field=column'],
    ['ap=a', 'there is no field "ap"; did you mean "app"?'],
    ['price=a', 'there is no field "price"'],
    ['app=a,app=b', '"app=b" maps something twice'],
    ['app=a,user=A', '"user=A" maps something twice'],
  ])('%j is refused', (text, why) => {
    expect(() => parseMap(text)).toThrowError(expect.objectContaining({ code: 'invalid_value', why }));
  });

  it('knows type for service', () => {
    expect([...parseMap('type=Kind')]).toEqual([['service', 'Kind']]);
  });

  it('keeps what follows the first equals sign', () => {
    expect([...parseMap('APP = a=b ')]).toEqual([['app', 'a=b']]);
  });
});

describe('an NDJSON file', () => {
  const ndjson = (text: string, options: Partial<UsageOptions> = {}) => read(text, { format: 'ndjson', ...options });
  const LINE = '{"app":"crm","service":"sms","quantity":5}';

  test.each([
    ['whole numbers', LINE],
    ['text', '{"app":"crm","service":"sms","quantity":"5"}'],
    ['type for service', '{"app":"crm","type":"sms","quantity":5}'],
    ['service beside type', '{"type":"usage","app":"crm","service":"sms","quantity":5}'],
    ['service before type', '{"app":"crm","service":"sms","quantity":5,"type":"usage"}'],
    ['null and empty text', '{"app":"crm","service":"sms","quantity":5,"memo":null,"user":""}'],
    ['keys in capitals, and spaces', ' { "APP" : "crm", "service":"sms" , "Quantity" :5 }\r'],
  ])('is read with %s', async (_, text) => {
    expect((await ndjson(`${text}\n`)).rows).toEqual([{ ...ROW, line: 1 }]);
  });

  it('takes every field, and a number for an id', async () => {
    const all = { id: 17, time: 't', app: 'crm', service: 'sms', quantity: '5', user: 'u', campaign: 'c', memo: 'é\n' };
    expect((await ndjson(JSON.stringify(all))).rows).toEqual([{ ...all, line: 1, id: '17' }]);
  });

  it('counts blank lines and skips them', async () => {
    expect((await ndjson(`\n\r\n${LINE}\n\n${LINE}`)).rows.map((row) => row.line)).toEqual([3, 5]);
  });

  it('names the keys it does not read', async () => {
    const { ignored } = await ndjson(
      `${LINE.replace('}', ',"price":1}')}\n${LINE.replace('}', ',"price":1,"x":true}')}\n`,
    );
    expect(ignored).toEqual(['price', 'x']);
  });

  it('reads through a map', async () => {
    const { rows } = await ndjson('{"product":"crm","app":"x","service":"sms","quantity":5}', {
      map: parseMap('app=Product'),
    });
    expect(rows).toEqual([{ ...ROW, line: 1 }]);
  });

  test.each([
    ['half a line', '{"app":"crm","serv', 'is not JSON'],
    ['an array', '["crm"]', 'is not a JSON object'],
    ['a word', 'null', 'is not a JSON object'],
    ['something nested', '{"app":"crm","service":"sms","quantity":5,"memo":{}}', 'has something nested in "memo"'],
    ['an array inside', '{"app":"crm","service":"sms","quantity":5,"x":[]}', 'has something nested in "x"'],
    ['a key twice', '{"app":"crm","app":"crm","service":"sms","quantity":5}', 'has a key twice'],
    ['a key twice with a space', '{"app":"crm","app" :"crm","service":"sms","quantity":5}', 'has a key twice'],
    ['a key twice, escaped', '{"app":"crm","\\u0061pp":"x","service":"sms","quantity":5}', 'has a key twice'],
    ['a key twice by case', '{"app":"crm","APP":"x","service":"sms","quantity":5}', 'has "app" twice'],
    ['__proto__', '{"__proto__":1,"app":"crm","service":"sms","quantity":5}', 'has the key "__proto__"'],
    [
      'a fraction',
      '{"app":"crm","service":"sms","quantity":1.5}',
      'has a value for quantity that is not text or a whole number',
    ],
    [
      'a huge number',
      '{"app":"crm","service":"sms","quantity":9007199254740993}',
      'has a value for quantity that is not text or a whole number',
    ],
    ['true', '{"app":"crm","service":"sms","quantity":5,"memo":true}', 'has a value for memo that is not text'],
    ['a number for an app', '{"app":1,"service":"sms","quantity":5}', 'has a value for app that is not text'],
    ['a missing field', '{"app":"crm","quantity":5}', 'has no service'],
  ])('rejects a line with %s and reads on', async (_, text, message) => {
    const { rows, rejects } = await ndjson(`${LINE}\n${text}\n${LINE}\n`);
    expect(rows.map((row) => row.line)).toEqual([1, 3]);
    expect(rejects).toMatchObject([{ line: 2, code: 'invalid_input', message }]);
  });

  test.each([
    ['text that looks like a key', '{"app":"crm","service":"sms","quantity":5,"memo":"\\"a\\":1, \\"app\\" :2"}'],
    ['backslashes', '{"app":"crm","service":"sms","quantity":5,"memo":"\\\\\\\\"}'],
    ['spaces before colons in text', '{"app":"crm","service":"sms","quantity":5,"memo":"a : b"}'],
  ])('is not fooled by %s', async (_, text) => {
    expect((await ndjson(text)).rejects).toEqual([]);
  });

  test.each([
    ['an empty file', '\n \n', 'the file is empty'],
    ['a JSON array', '[\n{"app":"crm"}\n]\n', 'the input is not NDJSON'],
    ['a binary file', '\0\0', 'the input is not a text file'],
  ])('is not %s', async (_, text, message) => {
    await expect(ndjson(text)).rejects.toMatchObject({ code: 'invalid_input', message });
  });

  it('stops at a line longer than 1 MiB', async () => {
    const { rows, rejects } = await ndjson(`${LINE}\n{"memo":"${'x'.repeat(3_000_000)}"}\n${LINE}\n`);
    expect(rows.map((row) => row.line)).toEqual([1]);
    expect(rejects).toMatchObject([{ line: 2, message: 'is longer than 1 MiB; nothing after it was read' }]);
  });

  it('comes in batches of one size', async () => {
    expect((await ndjson(`${LINE}\nx\n`.repeat(6), { batchRows: 5 })).sizes).toEqual([5, 5, 2]);
  });

  it('gives the same rows as the CSV of the same events', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', ':', '\\', '\n', ' ', 'é', '😀'), minLength: 1 });
    const event = fc.record({ app: text, service: text, quantity: text, memo: text });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1 }), async (events) => {
        const quoteCell = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
        const csv = events.map((row) => Object.values(row).map(quoteCell).join(',')).join('\n');
        const withoutLine = ({ line, ...row }: { line: number }) => row;
        const fromCsv = (await read(`app,service,quantity,memo\n${csv}\n`)).rows.map(withoutLine);
        const fromJson = (await ndjson(events.map((row) => JSON.stringify(row)).join('\n'))).rows.map(withoutLine);
        expect(fromCsv).toEqual(events);
        expect(fromJson).toEqual(events);
      }),
    );
  });
});

test.each([
  ['usage.csv', 'csv'],
  ['usage.ndjson', 'ndjson'],
  ['usage.JSONL', 'ndjson'],
  ['-', 'csv'],
])('%s is taken for %s', (path, format) => {
  expect(guessFormat(path)).toBe(format);
});
