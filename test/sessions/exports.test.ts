import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import readExcel from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';

const NOW = { env: { WALLET_NOW: '2026-10-20T12:00:00Z' } };
let box: Sandbox;

beforeAll(async () => {
  box = createSandbox();
  await box.ok('init --org Acme', NOW);
  await box.ok('grant add 100 --reason "=1+1"', NOW);
  await box.ok('app add crm', NOW);
  await box.ok('usage record --app crm --service sms --quantity 100 --campaign spring', NOW);
});
afterAll(() => box.remove());

const inHome = (name: string) => path.join(box.home, name);
const read = (name: string) => readFileSync(inHome(name), 'utf8');

describe('an export with a manifest', () => {
  it('is derived again by verify, also when the ledger has grown since', async () => {
    await box.ok('tx --period 2026-10 -o month.csv --manifest', NOW);
    await box.ok('usage record --app crm --service sms --quantity 7', NOW);

    const { status, stdout } = await box.wallet('verify --manifest month.csv.manifest.json', NOW);

    expect(stdout).toContain('ok      manifest content: the export comes out again byte for byte');
    expect(stdout).toContain('ok      manifest totals: 2 rows and their control totals come out again');
    expect(status).toBe(0);
    expect(JSON.parse(read('month.csv.manifest.json'))).toMatchObject({
      file: 'month.csv',
      org: 'Acme',
      timeZone: 'UTC',
      filters: { from: '2026-10-01T00:00:00Z', to: '2026-11-01T00:00:00Z' },
      rows: 2,
      totals: { quantity: 100, freeQuantity: 0, amount: '99.21', invoiced: '0.00' },
    });
  });

  it('fails verification when the file was changed, and says which part', async () => {
    await box.ok('tx --service sms -o sms.xlsx --manifest', NOW);
    appendFileSync(inHome('sms.xlsx'), '\n');

    const { status, stdout } = await box.wallet('verify --manifest sms.xlsx.manifest.json --json', NOW);

    const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: { name: string; ok: boolean }[] };
    expect([status, ok]).toEqual([11, false]);
    expect(checks.filter((check) => !check.ok).map(({ name }) => name)).toEqual(['manifest file']);
  });

  it('fails verification when the manifest was changed', async () => {
    await box.ok('tx --type grant -o grants.ndjson --manifest', NOW);
    const forged = read('grants.ndjson.manifest.json').replace('"amount": "100.00"', '"amount": "900.00"');
    writeFileSync(inHome('grants.ndjson.manifest.json'), forged);

    const { status, stdout, stderr } = await box.wallet('verify --manifest grants.ndjson.manifest.json', NOW);

    expect(status).toBe(11);
    expect(stderr).toContain('the export is not what its manifest says');
    expect(stdout).toContain('the ledger is whole');
    expect(stdout).toContain('FAILED  manifest totals');
  });

  it('is refused without a file, and leaves nothing beside one that exists', async () => {
    writeFileSync(inHome('taken.csv'), 'mine');

    expect((await box.wallet('tx --manifest', NOW)).status).toBe(2);
    expect((await box.wallet('tx -o taken.csv --manifest', NOW)).status).toBe(8);
    expect(existsSync(inHome('taken.csv.manifest.json'))).toBe(false);
    expect(read('taken.csv')).toBe('mine');
  });

  it('is not taken from a file that is none', async () => {
    writeFileSync(inHome('odd.json'), '{"manifest":1}');

    const { status, stderr } = await box.wallet('verify --manifest odd.json', NOW);

    expect(status).toBe(2);
    expect(stderr).toContain('odd.json is no manifest of this ledger');
  });
});

describe('exports for spreadsheets', () => {
  it('begin with a byte order mark where asked, and defuse formulas', async () => {
    const { stdout } = await box.ok('tx --type grant --format csv --bom', NOW);

    expect(stdout.startsWith('\ufeffid,time,')).toBe(true);
    expect(stdout).toContain(",'=1+1,");
    expect((await box.wallet('tx --format json --bom', NOW)).status).toBe(2);
  });

  it('hold real numbers and dates, and text that is no formula', async () => {
    await box.ok('tx --type grant -o grant.xlsx', NOW);

    const [sheet] = await readExcel(readFileSync(inHome('grant.xlsx')));
    const [head = [], row = []] = sheet?.data ?? [];
    const cell = (title: string) => row[head.indexOf(title)];

    expect(cell('Time (UTC)')).toEqual(new Date('2026-10-20T12:00:00Z'));
    expect([cell('Amount'), cell('Balance'), cell('Memo')]).toEqual([100, 100, '=1+1']);
  });
});
