import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APPEND_ONLY } from '../../src/adapters/storage/migrations';
import { RECORD_KINDS } from '../../src/adapters/storage/record-tables';
import type { Database } from '../../src/adapters/storage/sqlite-engine';
import { openDatabase } from '../../src/adapters/storage/sqlite-engine';
import type { WalletService } from '../../src/contract/wallet-service';
import { createSandbox } from '../helpers/cli';
import { forgeTransactions } from '../helpers/forgery';
import { furnish } from '../helpers/furnished-ledger';
import { createTestLedger, type TestLedger } from '../helpers/ledger';
import { byId, hex, INSERTS, NAMES } from '../helpers/tampered-rows';
import { type Edit, type Row, Tamperer } from '../helpers/tampering';

let ledger: TestLedger;
let wallet: WalletService;
let database: Database;
let tamperer: Tamperer;

beforeAll(async () => {
  ledger = createTestLedger();
  await furnish(ledger);
  wallet = ledger.open();
  database = openDatabase(ledger.file, { timeoutMs: 5_000 });
  tamperer = new Tamperer(database);
});
afterAll(async () => {
  database.close();
  await ledger.remove();
});

/** What the proof finds wrong, the schema apart; empty when it finds nothing. */
async function findings(full = false): Promise<string> {
  try {
    const { checks } = await wallet.audit.verify({ full });
    return checks.flatMap((check) => (check.ok ? [] : [check.detail])).join('\n');
  } catch (error) {
    // Where so much is gone that there is nothing to open, the failure itself has the status of a failed proof.
    expect(error).toMatchObject({ code: 'integrity_failure' });
    return error instanceof Error ? error.message : '';
  }
}

async function expectNoticed(table: string, edit: Edit): Promise<void> {
  edit.make();
  try {
    const found = await findings();
    const words = edit.rows.flatMap(NAMES[table] ?? byId);
    expect(
      words.some((word) => found.includes(word)),
      `${edit.title}\nfound: ${found}`,
    ).toBe(true);
  } finally {
    edit.undo();
  }
}

test('the ledger as it was written passes, in short and in full', async () => {
  expect(await wallet.audit.verify({})).toMatchObject({ ok: true, transactions: 17 });
  expect(await findings(true)).toBe('');
});

describe('an edit of any column of any row is found, and the row named, though the triggers stand again', () => {
  test('the tables edited here have rows, and are all that is append-only', () => {
    for (const table of ['ledger', ...Object.keys(INSERTS)])
      expect(tamperer.rows(table).length, table).toBeGreaterThan(0);
    expect(Object.keys(INSERTS)).toEqual(expect.arrayContaining([...APPEND_ONLY]));
  });

  test.each(['ledger', ...Object.keys(INSERTS)])('%s', async (table) => {
    for (const edit of tamperer.everyColumn(table)) {
      if (!clashes(edit, table)) await expectNoticed(table, edit);
    }
    expect(await findings()).toBe('');
  });
});

/** Another row has that key already: the engine itself refuses such an edit. */
function clashes(edit: Edit, table: string): boolean {
  try {
    edit.make();
  } catch (error) {
    expect(String(error), table).toContain('UNIQUE');
    return true;
  }
  edit.undo();
  return false;
}

describe('a row that was removed is found', () => {
  test.each(['ledger', ...Object.keys(INSERTS)])('%s: the first, one in the middle, the last', async (table) => {
    const rows = tamperer.rows(table);
    const some = [...new Set([rows[0], rows[rows.length >> 1], rows.at(-1)])].filter((row) => row !== undefined);
    for (const row of some) {
      const edit = tamperer.remove(table, row);
      edit.make();
      expect(await findings(), edit.title).not.toBe('');
      edit.undo();
    }
    expect(await findings()).toBe('');
  });

  test('the last transaction, with the wallet told that it never was', async () => {
    const last = tamperer
      .rows('transactions')
      .filter((row) => row.org === 1)
      .at(-1) as Row;
    const gone = tamperer.remove('transactions', last);
    gone.make();
    database.prepare('UPDATE wallets SET seq = seq - 1 WHERE org = 1').run();
    expect(await findings()).toMatch(/write \d+ \(usage.import .*: its seal does not fit what it sealed/);
    database.prepare('UPDATE wallets SET seq = seq + 1 WHERE org = 1').run();
    gone.undo();
  });
});

describe('a row that was put in is found', () => {
  test.each(Object.entries(INSERTS))('%s', async (table, make) => {
    for (const row of [tamperer.rows(table).at(0), tamperer.rows(table).at(-1)]) {
      const edit = tamperer.insert(table, make(row as Row));
      if (!clashes(edit, table)) await expectNoticed(table, edit);
    }
    expect(await findings()).toBe('');
  });

  test.each(RECORD_KINDS.filter((kind) => !(kind in INSERTS)))('%s, of which there was none', async (kind) => {
    const made = tamperer.insert(kind, tamperer.madeUp(kind, { org: 1, id: 'forged_1' }));
    made.make();
    expect(await findings()).toContain('forged_1');
    made.undo();
    expect(await findings()).toBe('');
  });

  test.each(['transactions', 'audit'])('%s: before the first, where no list begins', async (table) => {
    const [first] = tamperer.rows(table);
    const place = table === 'audit' ? { number: -3 } : { seq: -3, external_id: null };
    const edit = tamperer.insert(table, { ...(first as Row), ...place });
    edit.make();
    expect(await findings()).toMatch(/no (entry|write) can stand/);
    edit.undo();
  });
});

describe('who knows the schema well is found by the seal', () => {
  test('an amount with its row check, the balances after it, the totals and the wallet all made to fit', async () => {
    const before = ['transactions', 'wallets', 'day_totals', 'month_totals', 'grants'].map(
      (t) => [t, tamperer.rows(t)] as const,
    );
    tamperer.unguarded('transactions', forgeTransactions);
    database.exec(`UPDATE wallets SET posted = posted + 1000 WHERE org = 1; UPDATE grants SET remaining = remaining + 1000
      WHERE org = 1 AND seq = 1; UPDATE day_totals SET amount = amount + 1000 WHERE org = 1 AND service = 'email' AND type = 'usage' AND app = 'shop';
      UPDATE month_totals SET spent = spent - 1000 WHERE org = 1 AND name IN ('email', 'shop') AND kind IN ('service', 'app')`);
    const found = await findings();
    expect(found).toMatch(/write \d+ \(usage.record at [^)]*\), entries \d+ to \d+: its seal does not fit/);
    // Nothing else is wrong with it: each row fits its check, and every sum fits the rows.
    expect(found).not.toMatch(/was changed|should be|in the log|log says|remain/);
    for (const [table, rows] of before) tamperer.restore(table, rows);
    expect(await findings()).toBe('');
  });

  test('two rows that changed places', async () => {
    const before = tamperer.rows('transactions');
    const [a, b] = before.filter((row) => row.org === 1 && row.type === 'usage').slice(0, 2) as [Row, Row];
    const swapped = before.map((row) =>
      row === a ? { ...b, seq: a.seq as number } : row === b ? { ...a, seq: b.seq as number } : row,
    );
    tamperer.restore('transactions', swapped);
    const found = await findings();
    expect(found).toContain(hex(a.seq));
    expect(found).toContain(hex(b.seq));
    tamperer.restore('transactions', before);
  });

  test('two writes of the audit trail that changed places', async () => {
    const before = tamperer.rows('audit');
    tamperer.restore(
      'audit',
      before.map((row) => ({
        ...row,
        number: row.org === 1 && Number(row.number) <= 2 ? 3 - Number(row.number) : (row.number as number),
      })),
    );
    expect(await findings()).toMatch(/write 1 .*its seal does not fit/);
    tamperer.restore('audit', before);
    expect(await findings()).toBe('');
  });

  test('a price of the past, though only the full proof prices again', async () => {
    const row = tamperer.rows('prices').find((price) => price.id === 'sms/000002') as Row;
    const edit = tamperer.everyColumn('prices').length;
    expect(edit).toBeGreaterThan(0);
    const cheaper = { ...row, tiers: '[{"from":0,"price":1}]' };
    tamperer.restore(
      'prices',
      tamperer.rows('prices').map((price) => (price.id === row.id ? cheaper : price)),
    );
    expect(await findings(true)).toContain('prices sms/000002 is not as its last change left it');
    tamperer.restore(
      'prices',
      tamperer.rows('prices').map((price) => (price.id === row.id ? row : price)),
    );
    expect(await findings(true)).toBe('');
  });
});

describe('what would break the proof is a finding of it', () => {
  test.each([
    ['cards', "UPDATE cards SET address = '{'", 'its address can not be read'],
    ['holds', "UPDATE holds SET draws = '[{]'", 'its draws can not be read'],
    ['purchases', "UPDATE purchases SET attempts = ''", 'its attempts can not be read'],
    ['transactions', 'UPDATE transactions SET amount = 9007199254740991', 'can not be counted'],
    ['transactions', 'UPDATE transactions SET occurred_at = 9007199254740991', 'row was changed'],
    ['audit', "UPDATE audit SET changes = '[null]'", 'its seal does not fit'],
    ['audit', 'UPDATE audit SET recorded_at = 9007199254740991', 'its seal does not fit'],
    ['organisations', "UPDATE organisations SET time_zone = 'Mars/Olympus'", 'is not as its last change left it'],
    ['draws', 'UPDATE draws SET amount = amount * 1000', 'row was changed'],
  ])('%s: %s', async (table, sql, words) => {
    const before = tamperer.rows(table);
    tamperer.unguarded(table, (db) => db.exec(sql));
    expect(await findings(true)).toContain(words);
    tamperer.restore(table, before);
    expect(await findings(true)).toBe('');
  });
});

describe('the guards themselves', () => {
  test.each([
    ['DROP TRIGGER transactions_no_update', 'transactions_no_update is missing'],
    ['DROP INDEX purchases_by_entry', 'purchases_by_entry is missing'],
    ['CREATE TRIGGER quiet AFTER INSERT ON transactions BEGIN SELECT 1; END', 'quiet was added by hand'],
    ['CREATE VIEW shadow AS SELECT 1', 'shadow was added by hand'],
    [
      'DROP TRIGGER draws_no_delete; CREATE TRIGGER draws_no_delete BEFORE DELETE ON draws BEGIN SELECT 1; END',
      'draws_no_delete was altered',
    ],
  ])('%s', async (sql, words) => {
    const copy = createTestLedger();
    const ours = copy.open();
    await ours.organisation.init({ org: 'Acme' });
    copy.edit((db) => db.exec(sql));
    const { ok, checks } = await ours.audit.verify({});
    expect(ok).toBe(false);
    expect(checks.find((check) => check.name === 'schema')?.detail).toContain(words);
    await copy.remove();
  });
});

test('the command ends with status 11, and says which row', async () => {
  const sandbox = createSandbox({ WALLET_LEDGER: ledger.file });
  expect((await sandbox.wallet('verify')).status).toBe(0);
  const [first] = tamperer.rows('transactions');
  const edit = tamperer.everyColumn('transactions').find((each) => each.title.includes('memo')) as Edit;
  edit.make();
  const outcome = await sandbox.wallet('verify --json');
  edit.undo();
  expect(outcome.status).toBe(11);
  expect(`${outcome.stdout}${outcome.stderr}`).toContain(hex(first?.seq));
  const app = tamperer.everyColumn('apps').find((each) => each.title.includes('limit_monthly')) as Edit;
  app.make();
  const second = await sandbox.wallet('verify');
  app.undo();
  expect(second.status).toBe(11);
  expect(`${second.stdout}${second.stderr}`).toContain(String(app.rows[0]?.id));
  sandbox.remove();
});
