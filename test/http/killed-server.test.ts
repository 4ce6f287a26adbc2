import { expect, test } from 'vitest';
import { type Answer, type Api, createApi } from '../helpers/api';

const CLIENTS = 8;
const EVENTS = 30;
const ROUNDS = 8;
/** The server is killed after so many answers, whatever is under way. */
const KILLED_AFTER = [20, 90, 170, 240];

/** Sends a request until it is answered, always under one key: what a client does that was cut off. */
async function insist(api: Api, path: string, body: object, key: string): Promise<Answer> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await api
      .call('POST', path, { token: api.tokens.admin, body, key })
      .catch(() => api.restarted().then(() => undefined));
    if (answer !== undefined && ![429, 503].includes(answer.status)) return answer;
  }
  throw new Error(`${path} was not answered`);
}

function objectOf<T>({ status, body, text }: Answer, name: string): T {
  expect([status, text]).toEqual([200, text]);
  return body[name] as T;
}

test('whatever a server was killed in, clients that insist are served once, and the sums are exact', async () => {
  const api = await createApi();
  await api.home.ok('card add --payment-method pm_card_visa');
  const kills = [...KILLED_AFTER];
  let answered = 0;
  const ask = async (path: string, body: object, key: string) => {
    const answer = await insist(api, path, body, key);
    answered += 1;
    if (answered >= (kills[0] ?? Number.POSITIVE_INFINITY)) {
      kills.shift();
      await api.killAndRestart();
    }
    return answer;
  };
  const event = { app: 'crm', service: 'sms', quantity: '10' };
  const rounds = Array.from({ length: ROUNDS }, (_, at) => at);

  const posters = Array.from({ length: CLIENTS }, async (_, client) => {
    const ids: string[] = [];
    for (let at = 0; at < EVENTS; at += 1) {
      const answer = await ask('/v1/usage', event, `single-${client}-${at}`);
      ids.push(objectOf<{ id: string }>(answer, 'transaction').id);
    }
    return ids;
  });
  const importer = (async () => {
    for (const round of rounds) {
      const rows = Array.from({ length: 50 }, (_, at) => ({ ...event, quantity: '1', id: `batch-${round}-${at}` }));
      const { body } = await ask('/v1/usage/batch', { rows }, `batch-${round}`);
      expect([body.posted, body.duplicates]).toEqual([50, 0]);
    }
  })();
  const holder = (async () => {
    for (const round of rounds) {
      const { id } = objectOf<{ id: string }>(await ask('/v1/holds', event, `hold-${round}`), 'hold');
      const captured = await ask(`/v1/holds/${id}/capture`, { quantity: '4' }, `capture-${round}`);
      expect(objectOf(captured, 'hold')).toMatchObject({ status: 'captured', captured: '0.0316' });
    }
  })();
  const buyer = (async () => {
    for (const round of rounds) {
      const bought = await ask('/v1/purchases', { credits: '1' }, `buy-${round}`);
      expect(objectOf(bought, 'purchase')).toMatchObject({ status: 'succeeded', credits: '1.00' });
    }
  })();
  const ids = (await Promise.all([...posters, importer, holder, buyer])).flatMap((each) => each ?? []);

  expect(kills).toEqual([]);
  expect(new Set(ids).size).toBe(CLIENTS * EVENTS);
  // 100.00 and 8 bought, less 240 times 10 units, 400 times 1 and 8 times 4, at 0.0079.
  const { balance } = (await api.home.ok('balance --json')).json() as { balance: object };
  expect(balance).toMatchObject({ posted: '85.6272', held: '0.00' });
  await api.home.ok('verify --full');
  await api.stop();
}, 120_000);
