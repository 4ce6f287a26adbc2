import { afterAll, beforeAll, expect, test } from 'vitest';
import { HTTP_STATUS } from '../../src/contract/problem';
import { HOSTILE, SECRETS } from '../fuzz/arguments';
import { type Answer, type Api, createApi } from '../helpers/api';
import { addressOf, type Operation, readOperations, requestOf } from '../helpers/operations';
import { FORGED_CURSORS, HOSTILE_IDS, hostileBodies, wrongValues } from './hostile';

let api: Api;
let all: readonly Operation[];
beforeAll(async () => {
  api = await createApi();
  await api.home.ok('card add --payment-method pm_card_visa');
  all = await readOperations(api);
}, 60_000);
afterAll(() => api.stop());

/** What is wrong with an answer to something that must not be taken; undefined where nothing is. */
function faultOf({ status, headers, body, text }: Answer, wanted?: readonly number[]): string | undefined {
  const told = `${status} ${text.slice(0, 200)}`;
  if (wanted !== undefined && ![...wanted, 429].includes(status)) return `not ${wanted}: ${told}`;
  if (status >= 500 && status !== 502) return `a failure: ${told}`;
  if (SECRETS.some((secret) => text.includes(secret))) return `a secret repeated: ${told}`;
  if (status < 400) return undefined;
  const { type, title, detail, instance, code, message, details } = body;
  const isWhole = [type, title, detail, instance, message].every((part) => typeof part === 'string' && part !== '');
  const isKnown = typeof code === 'string' && Object.hasOwn(HTTP_STATUS, code) && type === `urn:wallet:problem:${code}`;
  const isProblem = headers['content-type'] === 'application/problem+json' && body.status === status;
  if (!isWhole || !isKnown || !isProblem || typeof details !== 'object') return `no well-formed problem: ${told}`;
  return /\n\s+at .+:\d+:\d+/.test(text) ? `a stack: ${told}` : undefined;
}

async function balance(): Promise<unknown> {
  const { asOf: _, ...rest } = (await api.call('GET', '/v1/balance', { token: api.tokens.admin })).body.balance as {
    asOf: string;
  };
  return rest;
}

/** Sends them eight at a time and answers what was wrong with the answers. */
async function faultsOf(sends: readonly (() => Promise<string | undefined>)[]): Promise<string[]> {
  const faults: string[] = [];
  const waiting = [...sends];
  const one = async () => {
    for (let send = waiting.pop(); send !== undefined; send = waiting.pop()) {
      const fault = await send();
      if (fault !== undefined) faults.push(fault);
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
  return faults.slice(0, 20);
}

test('a body that is not what the document says is refused, and changes nothing', async () => {
  const before = await balance();
  const sends = all
    .filter(({ method }) => method === 'POST')
    .flatMap((operation, number) => {
      // Each operation meets a third of it, and each fault a third of the operations, which all read bodies in one way.
      const isIts = (_: unknown, at: number) => (at + number) % 3 === 0;
      const request = requestOf(operation);
      const send = (path: string, options: object) => api.call('POST', path, { token: api.tokens.admin, ...options });
      const address = addressOf(operation, request);
      const bodies = hostileBodies(request)
        .filter(isIts)
        .map(([name, sent, wanted]) => async () => {
          const path = name.startsWith('a query') ? `${address}?dryRun=true` : address;
          const fault = faultOf(await send(path, sent), wanted);
          return fault && `${operation.id} with ${name}: ${fault}`;
        });
      const values = wrongValues(operation, request)
        .filter(isIts)
        .map((body) => async () => {
          const fault = faultOf(await send(address, { body }));
          return fault && `${operation.id} with ${JSON.stringify(body)}: ${fault}`;
        });
      return [...bodies, ...values];
    });
  expect(await faultsOf(sends)).toEqual([]);
  expect(await balance()).toEqual(before);
}, 120_000);

test('ids, cursors, pages and fields that are none are refused as any other', async () => {
  const call = (method: string, path: string) =>
    api.call(method, path, { token: api.tokens.admin, ...(method === 'POST' ? { body: {} } : {}) });
  const ids = all
    .filter(({ path }) => path.includes('{'))
    .flatMap((operation) =>
      HOSTILE_IDS.map((id) => async () => {
        const request = requestOf(operation);
        const path = addressOf(operation, request, { id, service: id, app: id, user: id, transaction: id });
        const options = operation.method === 'POST' ? { body: request } : {};
        const answer = await api.call(operation.method, path, { token: api.tokens.admin, ...options });
        const fault = faultOf(answer, [400, 404, 422]);
        return fault && `${operation.id} of ${id.slice(0, 40)}: ${fault}`;
      }),
    );
  const pages = all
    .filter(({ method, fields }) => method === 'GET' && 'cursor' in fields)
    .flatMap((operation) => {
      const base = addressOf(operation, requestOf(operation));
      const query = (words: string) => `${base}${base.includes('?') ? '&' : '?'}${words}`;
      const cursors = FORGED_CURSORS.map((cursor) => query(`cursor=${encodeURIComponent(cursor)}`));
      const limits =
        'limit' in operation.fields ? ['0', '-1', '1000000000', '1.5', 'x', '%D9%A3', '', '1&limit=2'] : [];
      return [...cursors, ...limits.map((limit) => query(`limit=${limit}`)), query('x=1'), query('__proto__=1')].map(
        (path) => async () => {
          const fault = faultOf(await call('GET', path), [400, 422]);
          return fault && `${path.slice(0, 100)}: ${fault}`;
        },
      );
    });
  expect(await faultsOf([...ids, ...pages])).toEqual([]);
}, 120_000);

test('hostile texts in any field never break the server, and a secret is neither repeated nor logged', async () => {
  const sends = all.flatMap((operation, number) =>
    Object.keys(operation.fields).flatMap((name, place) => {
      // Every text meets many fields, and every field many texts: all pairs would take minutes.
      const texts = HOSTILE.filter((_, at) => (at + number + place) % 9 === 0);
      return [...texts, ...SECRETS].map((text) => async () => {
        const request = {
          ...requestOf(operation),
          [name]: text,
          ...(operation.fields[name]?.type === 'array' ? { [name]: [text] } : {}),
        };
        const address = addressOf(operation, request);
        const options = operation.method === 'POST' ? { body: request } : {};
        const fault = faultOf(await api.call(operation.method, address, { token: api.tokens.admin, ...options }));
        return fault && `${operation.id} with ${name} ${JSON.stringify(text)}: ${fault}`;
      });
    }),
  );
  expect(await faultsOf(sends)).toEqual([]);
  const log = api.server.log();
  for (const secret of [...SECRETS, ...Object.values(api.tokens)]) expect(log).not.toContain(secret);
  expect(log.split('\n').filter((line) => line.includes('"level":"error"'))).toEqual([]);
}, 120_000);

test('after all of that the server serves, and the ledger is sound', async () => {
  expect((await api.call('GET', '/readyz')).status).toBe(200);
  const event = { app: 'shop', service: 'email', quantity: '1' };
  expect((await api.call('POST', '/v1/usage', { token: api.tokens.admin, body: event })).status).toBe(200);
  await api.home.ok('verify --full');
}, 60_000);
