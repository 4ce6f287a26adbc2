import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, createApi } from '../helpers/api';
import { faultOf } from '../helpers/checking-proxy';

let api: Api;
beforeAll(async () => {
  api = await createApi();
}, 60_000);
afterAll(() => api.stop());

test('many clients on one wallet end with exact sums, each with its own outcome', async () => {
  const post = (quantity: string, key: string) =>
    api.call('POST', '/v1/usage', { token: api.tokens.admin, key, body: { app: 'crm', service: 'sms', quantity } });
  const good = Array.from({ length: 60 }, (_, at) => post('10', `good-${at}`));
  const bad = Array.from({ length: 20 }, (_, at) => post(at % 2 === 0 ? '9999999' : '0', `bad-${at}`));
  const again = Array.from({ length: 10 }, (_, at) => post('10', `good-${at}`));
  const posted = await Promise.all(good);
  const refused = await Promise.all(bad);
  const repeated = await Promise.all(again);

  expect(posted.map(({ status }) => status)).toEqual(posted.map(() => 200));
  expect(refused.map(({ body }) => body.code)).toEqual(
    refused.map((_, at) => (at % 2 === 0 ? 'insufficient_credits' : 'invalid_quantity')),
  );
  const idOf = ({ body }: { body: Record<string, unknown> }) => (body.transaction as { id: string }).id;
  expect(repeated.map(idOf)).toEqual(posted.slice(0, 10).map(idOf));
  expect(new Set(posted.map(idOf)).size).toBe(60);
  const balance = (await api.call('GET', '/v1/balance', { token: api.tokens.admin })).body.balance;
  expect(balance).toMatchObject({ posted: '95.26' }); // 100.00 less 60 times 10 units at 0.0079
  await api.home.ok('verify --full');
});

test('a batch of thousands answers what became of each event, and the same when it comes again', async () => {
  const rows = Array.from({ length: 3_000 }, (_, at) => ({
    app: 'crm',
    service: 'validation',
    quantity: '1',
    id: `b-${at}`,
  }));
  const bad = [
    { ...rows[0], id: 'b-5' }, // again
    { ...rows[0], id: 'b-6', quantity: '2' }, // the same id, another event
    { ...rows[0], id: 'b-x', quantity: '1.5' },
    { ...rows[0], id: 'b-y', app: 'nobody' },
    { ...rows[0], id: 'b-z', quantity: '99999999' },
  ];
  const post = () =>
    api.call('POST', '/v1/usage/batch', {
      token: api.tokens.admin,
      key: 'batch-1',
      body: { rows: [...rows, ...bad, { ...rows[0], id: 'b-last' }] },
    });
  const { status, body } = await post();
  const outcomes = body.outcomes as { line: number; outcome: string; transaction?: string; code?: string }[];
  expect([status, body.read, body.posted, body.duplicates]).toEqual([200, 3_006, 3_001, 1]);
  expect(outcomes.map(({ line }) => line)).toEqual(Array.from({ length: 3_006 }, (_, at) => at + 1));
  expect(outcomes.slice(3_000).map(({ outcome, code }) => code ?? outcome)).toEqual([
    'duplicate',
    'idempotency_conflict',
    'invalid_quantity',
    'unknown_app',
    'insufficient_credits',
    'posted',
  ]);
  const ids = outcomes.flatMap(({ transaction }) => transaction ?? []);
  expect(new Set(ids).size).toBe(3_001);
  const last = await api.call('GET', `/v1/transactions/${ids.at(-1)}/explanation`, { token: api.tokens.admin });
  expect(last.body.transaction).toMatchObject({ externalId: 'b-last' });
  const again = (await post()).body;
  expect([again.replayed, again.outcomes]).toEqual([true, outcomes]);

  const twice = {
    rows: [
      { ...rows[0], id: 'c-1', line: 7 },
      { ...rows[0], id: 'c-2', line: 7 },
    ],
  };
  const refused = await api.call('POST', '/v1/usage/batch', { token: api.tokens.admin, body: twice });
  expect([refused.status, refused.body.code]).toEqual([400, 'invalid_input']);
});

test('the document of the API is valid, and the page loads nothing from elsewhere', async () => {
  const { Validator } = await import('@seriousme/openapi-schema-validator');
  const document = (await api.call('GET', '/openapi.json')).body;
  const { valid, errors } = await new Validator().validate(document);
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  const page = (await api.call('GET', '/docs')).text;
  expect(page).toContain('/v1/usage/batch');
  expect(page).not.toMatch(/https?:|src=/);
  // Each object that is named is there to go to.
  const named = [...page.matchAll(/href="#(\w+)"/g)].map(([, name]) => name);
  expect(named).toContain('Transaction');
  expect(named.filter((name) => !page.includes(`id="${name}"`))).toEqual([]);
});

test('an answer is what the document says, to the field: the sessions rely on this check', async () => {
  const { text } = await api.call('GET', '/v1/balance', { token: api.tokens.admin });
  const fault = (body: string) => faultOf('GET', '/v1/balance', Buffer.from(body));
  expect(fault(text)).toBeUndefined();
  expect(fault(text.replace('"held":"0.00",', ''))).toContain('held');
  expect(fault(text.replace('"held":"0.00"', '"held":0'))).toContain('held');
  expect(fault(text.replace('"held"', '"secret":"x","held"'))).toContain('secret');
});

test.each([
  ['a key twice', '{"app":"crm","app":"crm","service":"sms","quantity":"1"}', 400],
  ['a prototype', '{"app":"crm","service":"sms","quantity":"1","__proto__":{"x":1}}', 400],
  ['an unknown field', '{"app":"crm","service":"sms","quantity":"1","x":1}', 400],
  ['a number as a quantity', '{"app":"crm","service":"sms","quantity":1}', 400],
  ['an array', '[]', 400],
  ['trailing junk', '{}x', 400],
  ['a byte order mark', '\ufeff{}', 400],
  ['deep nesting', `{"app":${'['.repeat(30)}${']'.repeat(30)}}`, 400],
  ['too much', `{"memo":"${'x'.repeat(70_000)}"}`, 413],
])('a body with %s is refused with a problem', async (_, body, status) => {
  const answer = await api.call('POST', '/v1/usage', { token: api.tokens.admin, body });
  expect([answer.status, typeof answer.body.code]).toEqual([status, 'string']);
});

test('a foreign host, an origin, another method and another type are refused', async () => {
  const call = (method: string, headers: Record<string, string>) =>
    api.call(method, '/v1/balance', { token: api.tokens.admin, headers });
  expect((await call('GET', { host: 'evil.example' })).status).toBe(403);
  expect((await call('GET', { origin: 'https://evil.example' })).status).toBe(403);
  expect((await call('DELETE', {})).status).toBe(405);
  const text = await api.call('POST', '/v1/usage', {
    token: api.tokens.admin,
    body: '{}',
    headers: { 'content-type': 'text/plain' },
  });
  expect(text.status).toBe(415);
  expect((await api.call('GET', '/readyz')).status).toBe(200);
});
