import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';

describe('what the contract says of lists, holds and rejects', () => {
  let home: Sandbox;
  beforeAll(async () => {
    home = createSandbox();
    await home.ok('init --org acme');
    await home.ok('app add crm');
    await home.ok('app add shop');
    await home.ok('service add unit --price 0.4');
    await home.ok('grant add 100 --reason test');
  });
  afterAll(() => home.remove());

  it.each([
    'transactions --json',
    'transactions --format csv',
    'transactions --format table',
    'audit --json',
    'grant list --json',
    'hold list --json',
    'purchase list --json',
    'service list --json',
    'app list --json',
    'upcoming --json',
    'config list --json',
  ])('a cursor of another list is refused before anything is printed: %s', async (line) => {
    const outcome = await home.wallet(`${line} --cursor card_01a201a047717c21a188f950da`);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).toContain('the cursor is not one of this list');
    expect(outcome.status).toBe(2);
  });

  it('a list of an id goes on after it', async () => {
    const held = async () => (await home.ok('hold create --app crm --service unit --quantity 1 -q')).stdout.trim();
    const [first, second] = [await held(), await held()];
    const page = (await home.ok('hold list --limit 1 --json')).json() as { holds: { id: string }[]; next: string };
    expect(page.holds.map(({ id }) => id)).toEqual([second]);
    const rest = (await home.ok(`hold list --cursor ${page.next} --json`)).json();
    expect(rest).toMatchObject({ holds: [{ id: first }], next: null });
  });

  it.each([
    ['service list', 'services'],
    ['app list', 'apps'],
    ['config list', 'settings'],
  ])('%s has pages that meet', async (line, name) => {
    type Answer = Record<string, unknown[]> & { next: string | null };
    const all = (await home.ok(`${line} --json`)).json() as Answer;
    const first = (await home.ok(`${line} --limit 1 --json`)).json() as Answer;
    const more = first.next === null ? [] : ['--cursor', first.next];
    const rest = (await home.ok([...line.split(' '), ...more, '--json'])).json() as Answer;
    expect(first[name]).toHaveLength(1);
    expect([...(first[name] ?? []), ...(rest[name] ?? [])]).toEqual(all[name]);
    expect([all.next, rest.next]).toEqual([null, null]);
  });

  it('a hold for an amount is captured for as many units as the amount pays for', async () => {
    const id = (await home.ok('hold create --app crm --service unit --credits 1.5 -q')).stdout.trim();
    const captured = (await home.ok(`hold capture ${id} --json`)).json();
    expect(captured).toMatchObject({
      hold: { status: 'captured', captured: '1.20' },
      transaction: { quantity: 3, amount: '-1.20' },
    });
    const again = await home.wallet(`hold capture ${id} --json`);
    expect([again.status, again.error().code]).toEqual([8, 'invalid_state']);
  });

  it('a hold for less than a unit costs must be told what was used', async () => {
    const id = (await home.ok('hold create --app crm --service unit --credits 0.3 -q')).stdout.trim();
    const outcome = await home.wallet(`hold capture ${id} --json`);
    expect([outcome.status, outcome.error().code]).toEqual([2, 'invalid_usage']);
    await home.ok(`hold release ${id}`);
  });

  it('rejects of NDJSON go into an NDJSON file, mended and imported again under its name', async () => {
    const input =
      '{"id":"n1","app":"crm","service":"unit","quantity":1}\n{"id":"n2","app":"crm","type":"unti","quantity":2,"memo":"a \\"b\\""}\n';
    const first = await home.wallet('usage import - --rejects bad.ndjson --json', { input });
    expect([first.status, first.json()]).toMatchObject([10, { posted: 1, rejected: 1 }]);
    const file = path.join(home.home, 'bad.ndjson');
    const rejected = readFileSync(file, 'utf8');
    expect(JSON.parse(rejected)).toMatchObject({ id: 'n2', memo: 'a "b"', line: 2, code: 'unknown_service' });
    writeFileSync(file, rejected.replace('"unti"', '"unit"'));
    expect((await home.ok('usage import bad.ndjson --json')).json()).toMatchObject({ posted: 1, rejected: 0 });
  });
});
