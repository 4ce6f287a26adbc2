import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, createApi } from '../helpers/api';
import { ask, readOperations } from '../helpers/operations';

let api: Api;
beforeAll(async () => {
  api = await createApi();
}, 60_000);
afterAll(() => api.stop());

/** What an app may ask for, and nothing else. */
const FOR_APPS = [
  'organisation.show',
  'usage.record',
  'usage.postBatch',
  'usage.afford',
  'holds.create',
  'holds.capture',
  'holds.release',
  'holds.show',
  'holds.list',
];
/** What only an administrator may. */
const FOR_ADMINS = [
  'credit.adjust',
  'purchases.buy',
  'purchases.cancel',
  'purchases.resolve',
  'purchases.refund',
  'recharge.set',
  'recharge.on',
  'recharge.off',
  'cards.add',
  'cards.edit',
  'cards.assign',
  'cards.setup',
  'cards.sync',
  'billing.set',
  'billing.off',
  'billing.portal',
  'catalogue.addService',
  'catalogue.setService',
  'catalogue.addApp',
  'catalogue.limitApp',
  'catalogue.archiveApp',
  'access.createToken',
  'access.listTokens',
  'access.revokeToken',
  'access.addUser',
  'access.listUsers',
  'access.setRole',
  'access.removeUser',
  'alerts.addLowBalance',
  'alerts.addSpend',
  'alerts.route',
  'alerts.remove',
  'alerts.test',
  'alerts.retry',
  'plans.show',
  'plans.apply',
];

test('nobody gets anything without a token', async () => {
  for (const operation of await readOperations(api)) {
    const { status, body } = await ask(api, operation, undefined);
    expect({ id: operation.id, status, code: body.code }).toEqual({
      id: operation.id,
      status: 401,
      code: 'unauthorized',
    });
  }
});

test('an app may post usage and holds of its app, and nothing else', async () => {
  for (const operation of await readOperations(api)) {
    const { status, text } = await ask(api, operation, api.tokens.app);
    if (FOR_APPS.includes(operation.id)) expect([operation.id, status]).not.toEqual([operation.id, 403]);
    else expect([operation.id, status]).toEqual([operation.id, 403]);
    expect(text).not.toMatch(/"available":|"balance":[^n]/);
  }
});

test('an accountant reads everything and changes what money and people are not touched by', async () => {
  for (const operation of await readOperations(api)) {
    const { status } = await ask(api, operation, api.tokens.accountant);
    if (FOR_ADMINS.includes(operation.id)) expect([operation.id, status]).toEqual([operation.id, 403]);
    else expect([operation.id, status]).not.toEqual([operation.id, 403]);
  }
});

test("another organisation's administrator sees none of this one's", async () => {
  for (const operation of (await readOperations(api)).filter(({ method }) => method === 'GET')) {
    const { status, text } = await ask(api, operation, api.tokens.other);
    expect(text).not.toContain('acme');
    if (status === 200) expect(text).not.toContain('crm');
  }
});

test("another organisation's ids are as unknown as those that nobody has, to every operation", async () => {
  const { admin, other } = api.tokens;
  const made = async (path: string, body: object): Promise<Record<string, { id: string }>> =>
    (await api.call('POST', path, { token: admin, body })).body as never;
  const event = { app: 'crm', service: 'sms', quantity: '10' };
  const { card } = await made('/v1/cards', { paymentMethod: 'pm_card_visa' });
  const { purchase } = await made('/v1/purchases', { credits: '10' });
  const { transaction } = await made('/v1/usage', event);
  const { hold } = await made('/v1/holds', event);
  const { grant } = await made('/v1/grants', { credits: '1', reason: 'x' });
  const { alert } = await made('/v1/alerts/low-balance', { below: '1', to: ['ada@acme.example'] });
  const { token } = await made('/v1/tokens', { role: 'accountant' });
  const { home } = api;
  await home.ok('usage record --app crm --service audio-transcription --quantity 100');
  const env = { WALLET_NOW: new Date(Date.now() + 32 * 86_400_000).toISOString() }; // the month is over
  const invoice = (await home.ok('invoice run --yes -q', { env })).stdout.trim();
  expect(invoice).toMatch(/^inv_/);
  await made('/v1/users', { user: 'cleo', email: 'cleo@acme.example', role: 'accountant' });
  await made('/v1/services', { service: 'fax', price: '1' });
  const ids: Readonly<Record<string, string | undefined>> = {
    cards: card?.id,
    purchases: purchase?.id,
    transactions: transaction?.id,
    holds: hold?.id,
    grants: grant?.id,
    alerts: alert?.id,
    tokens: token?.id,
    invoices: invoice,
    users: 'cleo',
    services: 'fax',
    apps: 'crm',
  };
  const state = async () => (await api.home.ok('status --json')).stdout.replace(/"asOf": "[^"]+"/, '');
  const before = await state();

  const walked = new Set<string>();
  for (const operation of (await readOperations(api)).filter(({ path }) => path.includes('{'))) {
    const noun = operation.path.split('/')[2] ?? '';
    const theirs = ids[noun];
    if (theirs === undefined) throw new Error(`no ${noun} to ask for`);
    // As long as theirs, of the same kind, and nobody's.
    const nobodys = theirs.length > 10 ? `${theirs.slice(0, -4)}0000` : `${theirs}s`;
    const answers = [];
    for (const id of [theirs, nobodys]) {
      const parts = { id, service: id, app: id, user: id, transaction: id };
      const { status, text } = await ask(api, operation, other, parts);
      answers.push({ status, text: text.replaceAll(id, '…').replace(/urn:wallet:request:[^"]+/, '…') });
    }
    expect([operation.id, answers[0]]).toEqual([operation.id, answers[1]]);
    expect([operation.id, answers[0]?.status]).toEqual([operation.id, 404]);
    walked.add(noun);
  }
  expect([...walked].sort()).toEqual(Object.keys(ids).sort());
  expect(await state()).toBe(before);
});

test('an app is told neither the balance nor how much is missing', async () => {
  const event = { app: 'crm', service: 'sms', quantity: '10' };
  const posted = await api.call('POST', '/v1/usage', { token: api.tokens.app, body: event });
  expect(posted.status).toBe(200);
  expect(posted.body).not.toHaveProperty('balance');
  expect(posted.body.transaction).toMatchObject({ amount: '-0.079', balance: null });
  const refused = await api.call('POST', '/v1/usage', {
    token: api.tokens.app,
    body: { ...event, quantity: '999999' },
  });
  expect([refused.status, refused.body.code]).toEqual([402, 'insufficient_credits']);
  expect(refused.text).not.toMatch(/\d+\.\d\d/);
  const asked = await api.call('GET', '/v1/afford?app=crm&service=sms&quantity=999999', { token: api.tokens.app });
  expect(asked.body).toMatchObject({ affordable: false, limit: { name: 'insufficient_credits', missing: null } });
  const foreign = await api.call('POST', '/v1/usage', { token: api.tokens.app, body: { ...event, app: 'shop' } });
  expect([foreign.status, foreign.body.code]).toEqual([404, 'unknown_app']);
});

test('the commands of an app work without the balance that it may not see', async () => {
  const env = { WALLET_API_URL: api.server.url, WALLET_API_TOKEN: api.tokens.app };
  const wallet = (line: string, input = '') => api.home.wallet(line, { env, input });
  const none = await wallet('usage import - --input csv', 'id,app,service,quantity\n');
  const bad = await wallet('usage import - --input csv --json', 'id,app,service,quantity\nr1,crm,sms,\n');
  const ran = await wallet('run --app crm --service sms --quantity 10 -- true');
  const asked = await wallet('afford --app crm --service sms --quantity 999999');
  expect([none.status, none.stdout]).toEqual([0, '0 rows read, 0 posted, 0 seen before, 0 rejected; 0.00 credits\n']);
  expect([bad.status, (bad.json() as { rejected: number }).rejected]).toEqual([10, 1]);
  expect([ran.status, ran.stderr]).toEqual([0, 'done: 0.079 of 0.079 captured\n']);
  expect([asked.status, asked.stdout]).toEqual([
    5,
    'no: it costs 7899.9921 (insufficient_credits: there are not enough credits)  SANDBOX\n',
  ]);
  expect((await wallet('balance')).status).toBe(4);
});

test("an app that repeats another app's request under its key is told nothing, and has that key for itself", async () => {
  const ofCrm = { key: 'job-1', body: { app: 'crm', service: 'sms', quantity: '10' } };
  const first = await api.call('POST', '/v1/usage', { token: api.tokens.app, ...ofCrm });
  const held = await api.call('POST', '/v1/holds', { token: api.tokens.app, ...ofCrm, key: 'hold-1' });
  const release = { key: 'release-1', body: {} };
  const path = `/v1/holds/${(held.body.hold as { id: string }).id}/release`;
  expect((await api.call('POST', path, { token: api.tokens.app, ...release })).status).toBe(200);

  const seen = await api.call('POST', '/v1/usage', { token: api.tokens.shop, ...ofCrm });
  const both = await Promise.all(
    [1, 2].map(() => api.call('POST', '/v1/usage', { token: api.tokens.shop, ...ofCrm })), // as one group
  );
  const released = await api.call('POST', path, { token: api.tokens.shop, ...release });
  expect([seen, ...both].map(({ status, body }) => [status, body.code])).toEqual(Array(3).fill([404, 'unknown_app']));
  expect([released.status, released.body.code]).toEqual([404, 'unknown_hold']);
  const shown = await api.call('GET', path.replace('/release', ''), { token: api.tokens.shop });
  expect([shown.status, shown.body.code]).toEqual([404, 'unknown_hold']);

  const own = { key: 'job-1', body: { app: 'shop', service: 'sms', quantity: '10' } };
  const posted = await api.call('POST', '/v1/usage', { token: api.tokens.shop, ...own });
  const again = await api.call('POST', '/v1/usage', { token: api.tokens.app, ...ofCrm });
  expect([posted.status, posted.body.replayed]).toEqual([200, undefined]);
  // Neither is it told the balance, which the answer that is kept under its key does have.
  expect([posted.body.balance, posted.body.transaction]).toEqual([
    undefined,
    expect.objectContaining({ balance: null }),
  ]);
  expect([again.body.replayed, again.body.transaction]).toEqual([true, first.body.transaction]);
  const other = await api.call('POST', '/v1/usage', {
    token: api.tokens.shop,
    ...own,
    body: { ...own.body, memo: 'x' },
  });
  expect([other.status, other.body.details]).toEqual([422, { key: 'job-1', operation: 'usage.record' }]);
});

test('a token that was revoked opens nothing from then on, and one that has expired neither', async () => {
  const made = (await api.home.ok('token create --role accountant --json')).json() as {
    token: { id: string };
    secret: string;
  };
  expect((await api.call('GET', '/v1/balance', { token: made.secret })).status).toBe(200);
  const event = { app: 'crm', service: 'sms', quantity: '1' };
  const post = (more: object = {}) =>
    api.call('POST', '/v1/usage', { token: made.secret, body: { ...event, ...more } });
  expect([(await post()).status, (await post()).status]).toEqual([200, 200]);
  await api.home.ok('app limit crm --monthly 0.01 --on-limit block');
  expect((await post()).body.code).toBe('budget_exceeded');
  await api.home.ok('app limit crm --monthly 100000');
  const spent = async () => (await api.home.ok('transactions --type usage --all --format csv')).stdout;
  const before = await spent();
  await api.home.ok(`token revoke ${made.token.id}`);
  const refused = await Promise.all([post(), post({ dryRun: true }), post({ app: 'nobody' }), post()]);
  expect(refused.map(({ status, body }) => [status, body.code])).toEqual(refused.map(() => [401, 'unauthorized']));
  expect((await api.call('GET', '/v1/balance', { token: made.secret })).body.code).toBe('unauthorized');
  expect(await spent()).toBe(before);
  const env = { WALLET_NOW: '2026-01-01T00:00:00Z' };
  const old = await api.home.ok('token create --role admin --expires 2026-01-02 -q', { env });
  expect((await api.call('GET', '/v1/balance', { token: old.stdout.trim() })).body.message).toBe(
    'the token has expired',
  );
});

test('a role that --as names is kept to on a ledger file too', async () => {
  await api.home.ok('user add ben --email ben@acme.example --role accountant');
  expect((await api.home.wallet('buy 10 --yes --as ben')).status).toBe(4);
  expect((await api.home.wallet('balance --as ben')).status).toBe(0);
  expect((await api.home.wallet('app add stall --as nobody-registered')).status).toBe(0);
});
