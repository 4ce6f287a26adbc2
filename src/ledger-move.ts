import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { compareLedgers, markMoved, type Transfer, transferLedger } from './adapters/storage/ledger-transfer';
import { movedAway } from './adapters/storage/moved-ledger';
import type { SqlConnection, SqlDriver, SqlRow } from './adapters/storage/sql-driver';
import { SqlStore } from './adapters/storage/sql-store';
import { createSystem, digest } from './adapters/system';
import { createLocalWallet } from './app/local-wallet';
import type { MoveAnswer, Settings } from './cli/world';
import { WalletError } from './core/errors';
import { callOf, openDriver, openLedger } from './open-wallet';
import type { System } from './ports/system';

type Environment = Readonly<Record<string, string | undefined>>;

interface MoveRequest {
  readonly settings: Settings;
  readonly to: Settings['ledger'];
  progress(rows: number): void;
}

/** A move under way: both ledgers, and how they are named to people and in each other's mark. */
interface Move {
  readonly source: SqlDriver;
  readonly target: SqlDriver;
  readonly from: string;
  readonly to: string;
  readonly progress: (rows: number) => void;
  readonly reached: System['reached'];
  /** Proves the copy as `wallet verify` does. */
  verified(): Promise<number>;
}

/**
 * Moves a ledger: everybody else may only read it while it is copied, compared and proved; then it is marked as moved,
 * and the copy is the ledger. Until the mark nothing is changed in it, and whatever ends the move, it can be run again.
 */
export async function moveLedger({ settings, to, progress }: MoveRequest, env: Environment): Promise<MoveAnswer> {
  const names = { from: await labelOf(requireLedger(settings)), to: await labelOf(to) };
  if (names.from === names.to) throw taken(names.to, 'it is the ledger itself');
  const source = await openDriver(settings, false);
  try {
    await new SqlStore(source, digest).info();
    const target = await openDriver({ ledger: to }, true);
    try {
      const verified = () => verify(target, settings, env);
      const { reached } = createSystem(undefined, env.WALLET_FAILPOINT);
      return await move({ source, target, ...names, progress, reached, verified });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function move(parts: Move): Promise<MoveAnswer> {
  const { source, target, from, to, progress, reached, verified } = parts;
  const landed = async (connection: SqlConnection) => (await ledgerRow(connection))?.moved_to === to;
  const answer = await source.write(async (connection) => {
    for (const statement of source.dialect.holdStill) await connection.all(statement);
    const gone = (await ledgerRow(connection))?.moved_to ?? null;
    await target.read((copy) =>
      gone === null ? requireRoom(connection, copy, to) : requireTwin(connection, copy, parts),
    );
    if (gone === null) {
      const transfer: Transfer = { from: connection, to: target, livesAt: from, progress, reached };
      await transferLedger(transfer);
      reached('move.copied');
      await compareLedgers(transfer);
    }
    const transactions = await verified();
    if (gone === null) await markMoved(connection, to);
    return { from, to, transactions, ...(await headsOf(connection)) };
  }, landed);
  reached('move.marked');
  await target.write((copy) => markMoved(copy, null));
  return answer;
}

/** A place to move to is empty, or has of this very ledger what an earlier move left there. */
async function requireRoom(source: SqlConnection, copy: SqlConnection, to: string): Promise<void> {
  const own = await ledgerRow(copy);
  if (own !== undefined && own.instance !== (await ledgerRow(source))?.instance)
    throw taken(to, 'another ledger is there');
  if (own !== undefined && own.moved_to === null) throw taken(to, 'it holds this ledger already, and is in use');
  for (const { org, number, hash } of await newestSeals(copy)) {
    const seal = await source.get('SELECT hash FROM audit WHERE org = ? AND number = ?', [org ?? 0, number ?? 0]);
    if (seal?.hash !== hash) throw taken(to, 'another ledger is there, or writes that this one does not have');
  }
}

/** A ledger that was marked, and whose copy was not let go yet: each says of the other that it is there. */
async function requireTwin(source: SqlConnection, copy: SqlConnection, { from, to }: Move): Promise<void> {
  const [own, other] = [await ledgerRow(source), await ledgerRow(copy)];
  const isTwin = own?.moved_to === to && other?.moved_to === from && own.instance === other?.instance;
  const isWhole = JSON.stringify(await newestSeals(source)) === JSON.stringify(await newestSeals(copy));
  if (!isTwin || !isWhole) throw movedAway(String(own?.moved_to));
}

function ledgerRow(connection: SqlConnection): Promise<SqlRow | undefined> {
  return connection.get('SELECT instance, moved_to FROM ledger');
}

function newestSeals(connection: SqlConnection): Promise<readonly SqlRow[]> {
  return connection.all(`SELECT a.org, a.number, a.hash FROM audit a
    JOIN (SELECT org, max(number) AS number FROM audit GROUP BY org) last ON last.org = a.org AND last.number = a.number
    ORDER BY a.org`);
}

async function headsOf(connection: SqlConnection) {
  const sql = 'SELECT o.name, w.links, w.head FROM wallets w JOIN organisations o ON o.org = w.org ORDER BY w.org';
  const rows = await connection.all(sql);
  const heads = rows.map((row) => ({ org: String(row.name), links: Number(row.links), hash: String(row.head) }));
  return { organisations: heads.length, heads };
}

async function verify(target: SqlDriver, settings: Settings, env: Environment): Promise<number> {
  const nobody = { value: undefined, origin: 'not set' };
  const { dependencies } = openLedger(settings, env);
  const store = async () => new SqlStore(target, digest);
  const wallet = createLocalWallet({ ...dependencies(callOf({ ...settings, org: nobody })), store });
  const { ok, transactions, checks } = await wallet.audit.verify({});
  if (ok) return transactions;
  const failed = checks.filter((check) => !check.ok);
  throw new WalletError('integrity_failure', 'the copy failed verification, and the ledger was not moved', {
    why: failed.map(({ name, detail }) => `${name}: ${detail}`).join('; '),
    hint: 'wallet verify --full',
    details: { failed },
  });
}

/** A file by its whole path, a database without its password. */
async function labelOf({ value }: Settings['ledger']): Promise<string> {
  const place = value ?? '';
  if (/^postgres(ql)?:/i.test(place))
    return (await import('./adapters/storage/postgres-url')).parsePostgresUrl(place).label;
  return existsSync(place) ? realpathSync(place) : resolve(place);
}

function requireLedger({ ledger, api }: Settings): Settings['ledger'] {
  if (api.value === undefined) return ledger;
  throw new WalletError('invalid_usage', 'only a ledger that is reached directly can be moved', {
    why: `${api.origin} names a server in front of it`,
    hint: 'run it where the ledger is, without --api',
  });
}

function taken(place: string, why: string): WalletError {
  return new WalletError('already_exists', `the ledger can not be moved to ${place}`, {
    why: `${why}; nothing was changed`,
    hint: 'name an empty database, or a file that is not there yet',
    details: { place },
  });
}
