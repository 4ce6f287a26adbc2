import { expect, it } from 'vitest';
import { createRejectsWriter } from '../../src/input/rejects';
import { openUsageRows, parseMap } from '../../src/input/usage-rows';
import { all, chunksOf } from './sources';

it('rejects can be mended and imported by the same command', async () => {
  const options = { format: 'csv', map: parseMap('app=Product') } as const;
  const original = 'id,Product,Price,type,quantity,memo\ne1,crm,9,sms,x,"a ""b"", c"\ne2,crm,9,sms\n';
  const file = await openUsageRows(chunksOf(original), options);
  const writer = createRejectsWriter(file.columns);
  let text = writer.header;
  for (const { rows, rejects } of await all(file.batches)) {
    for (const row of rows)
      text += writer.line({ line: row.line, code: 'invalid_quantity', message: 'not a number' }, row);
    for (const reject of rejects) text += writer.line(reject, reject.values);
  }
  expect(text).toBe(
    'id,Product,type,quantity,memo,line,code,message\n' +
      'e1,crm,sms,x,"a ""b"", c",2,invalid_quantity,not a number\n' +
      'e2,crm,sms,,,3,invalid_input,has 4 cells and the header has 6\n',
  );

  const mended = await openUsageRows(chunksOf(text.replace(',x,', ',5,')), options);
  const [batch] = await all(mended.batches);
  expect(batch?.rows).toMatchObject([{ id: 'e1', app: 'crm', service: 'sms', quantity: '5', memo: 'a "b", c' }]);
  expect(batch?.rejects).toMatchObject([{ line: 3, message: 'has no quantity' }]);
  expect(mended.ignored).toEqual(['line', 'code', 'message']);
});

it('a column that has the name of a reason keeps it', () => {
  const writer = createRejectsWriter([{ field: 'memo', title: 'Message', index: 0 }]);
  expect(writer.header).toBe('Message,line,code,reject_message\n');
});
