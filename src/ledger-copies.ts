import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, realpathSync, renameSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { SqlStore } from './adapters/storage/sql-store';
import { copySqlite, isContained, setAside, sizeOf } from './adapters/storage/sqlite-copy';
import { openSqlite } from './adapters/storage/sqlite-driver';
import { createSystem, digest } from './adapters/system';
import type { CopyAnswer, LedgerCopies, RestoreAnswer, Settings } from './cli/world';
import { WalletError } from './core/errors';
import { type Instant, parseInstant } from './core/time';
import { openWallet } from './open-wallet';

type Environment = Readonly<Record<string, string | undefined>>;

/** Copies of a ledger file. Whoever can read and write the file may make them; a ledger elsewhere has its own tools. */
export function openLedgerCopies(settings: Settings, env: Environment): LedgerCopies {
  const ledger = requireFile(settings);
  const now = settings.now.value === undefined ? undefined : parseInstant(settings.now.value, 'WALLET_NOW');
  const verified = (file: string) => verify(file, settings, env);
  return {
    backup: (file, { force }) => backup({ ledger, file, force, verified }),
    restore: (file, { force }) =>
      restore({ ledger, file, force, verified, at: createSystem(now).now(), actor: settings.as.value ?? 'unknown' }),
  };
}

interface Copying {
  readonly ledger: string;
  readonly file: string;
  readonly force: boolean;
  /** Proves the copy and answers how many transactions it has. */
  verified(file: string): Promise<number>;
}

/** The copy is proved before it gets its name: a backup that can't be restored is worse than none. */
async function backup({ ledger, file, force, verified }: Copying): Promise<CopyAnswer> {
  if (!existsSync(ledger)) throw noLedger(ledger);
  refuseTarget(file, force, ledger);
  return withDraft(file, async (draft) => {
    named(file, () => copySqlite(ledger, draft));
    const transactions = await verified(draft);
    named(file, () => place(draft, file, force));
    return { file, ledger, bytes: sizeOf(file), transactions };
  });
}

/** Puts a proved copy of the backup where the ledger is, marked as restored; what stood there is kept beside it. */
async function restore(request: Copying & { at: Instant; actor: string }): Promise<RestoreAnswer> {
  const { ledger, file, force, verified, at } = request;
  if (!existsSync(file) || !statSync(file).isFile()) throw noBackup(file);
  if (existsSync(ledger) && realpathSync(file) === realpathSync(ledger)) throw sameFile(file);
  if (existsSync(ledger) && !force) throw ledgerThere(ledger);
  named(ledger, () => mkdirSync(dirname(resolve(ledger)), { recursive: true, mode: 0o700 }));
  return withDraft(ledger, async (draft) => {
    named(ledger, () => copySqlite(file, draft));
    const transactions = await verified(draft);
    const replaces = existsSync(ledger);
    if (replaces && !isContained(ledger, draft)) throw newerLedger(ledger);
    await markRestored(draft, request);
    const aside = `${ledger}.replaced-${new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
    if (existsSync(aside)) throw ledgerThere(aside);
    named(ledger, () => {
      setAside(ledger, aside); // also a log whose ledger was moved away: the engine would take it for the copy's own
      place(draft, ledger, false);
    });
    return { file, ledger, bytes: sizeOf(ledger), transactions, kept: replaces ? aside : null };
  });
}

/** A sealed write of each organisation says that it was restored; until `reconcile` no credits move in it. */
async function markRestored(draft: string, { file, actor, at }: { file: string; actor: string; at: Instant }) {
  const driver = await openSqlite({ file: draft, create: false });
  try {
    const store = new SqlStore(driver, digest);
    for (const org of await store.organisations()) {
      const facts = { actor, action: 'ledger.restore', subject: org.name, reason: `from ${basename(file)}`, at };
      await store.write(org.number, facts, async (unit) => {
        await unit.records.organisations.update({ ...org, restoredAt: at });
      });
    }
  } finally {
    await driver.close();
  }
}

async function verify(file: string, settings: Settings, env: Environment): Promise<number> {
  const ledger = { value: file, origin: 'the copy' };
  const nobody = { value: undefined, origin: 'not set' };
  const wallet = await openWallet({ ...settings, ledger, api: nobody, org: nobody }, env);
  try {
    const { ok, transactions, checks } = await wallet.audit.verify({});
    if (ok) return transactions;
    const failed = checks.filter((check) => !check.ok).map(({ name, detail }) => `${name}: ${detail}`);
    throw new WalletError('integrity_failure', 'the copy failed verification and was not kept', {
      why: failed.join('; '),
      hint: 'wallet verify --full',
      details: { failed: checks.filter((check) => !check.ok) },
    });
  } finally {
    await wallet.close();
  }
}

/** Works on a file beside the target, which is gone afterwards whatever happens. */
async function withDraft<T>(target: string, work: (draft: string) => Promise<T>): Promise<T> {
  const folder = dirname(resolve(target));
  const draft = join(folder, `.${basename(target).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    return await work(draft);
  } finally {
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(draft + end, { force: true });
  }
}

function place(draft: string, file: string, force: boolean): void {
  if (force) {
    renameSync(draft, file);
    return;
  }
  linkSync(draft, file); // a name that somebody took meanwhile is not taken from them
  unlinkSync(draft);
}

function refuseTarget(file: string, force: boolean, ledger: string): void {
  if (!existsSync(file)) return;
  if (!statSync(file).isFile()) {
    throw new WalletError('invalid_value', `cannot write a backup to ${file}`, {
      why: 'it is no regular file',
      hint: 'name a file',
    });
  }
  if (realpathSync(file) === realpathSync(ledger)) throw sameFile(file);
  if (!force) throw taken(file);
}

/** What the system refuses becomes an error that names the file. */
function named<T>(file: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof WalletError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EEXIST') throw taken(file);
    if (!/^(SQLITE_|E[A-Z]+$)/.test(code)) throw error;
    throw new WalletError('output_failed', `cannot write ${file}`, {
      why: code === 'SQLITE_CANTOPEN' ? 'its folder is missing, or can not be written to' : textOf(error),
      hint: 'check the disk, the folder and its permissions; nothing was half done',
      details: { path: file },
      cause: error,
    });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function requireFile({ ledger, api }: Settings): string {
  const { value, origin } = api.value === undefined ? ledger : api;
  if (api.value === undefined && value !== undefined && !/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return value;
  throw new WalletError('invalid_usage', 'only a ledger file can be backed up and restored by wallet', {
    why: `${origin} names a server, whose own tools make consistent copies`,
    hint: 'for PostgreSQL: pg_dump and pg_restore, then wallet verify',
  });
}

function noLedger(file: string): WalletError {
  return new WalletError('not_initialised', `there is no ledger at ${file}`, {
    why: 'a ledger is made by its first organisation',
    hint: 'wallet init --org NAME',
  });
}

function noBackup(file: string): WalletError {
  return new WalletError('invalid_input', `there is no backup ${file}`, {
    why: 'no file has that name',
    hint: 'name a file made by: wallet backup FILE',
  });
}

function sameFile(file: string): WalletError {
  return new WalletError('invalid_value', `${file} is the ledger itself`, {
    why: 'a copy of a file goes into another one',
    hint: 'name another file',
  });
}

function taken(file: string): WalletError {
  return new WalletError('already_exists', `${file} already exists`, {
    why: 'a file is never overwritten unasked',
    hint: 'add --force to replace it, or name another file',
    details: { path: file },
  });
}

function ledgerThere(file: string): WalletError {
  return new WalletError('already_exists', `there is a ledger at ${file} already`, {
    why: 'restoring would put the backup in its place',
    hint: 'add --force if the backup has everything that this ledger has; it is kept beside it',
    details: { path: file },
  });
}

function newerLedger(file: string): WalletError {
  return new WalletError('invalid_state', `the ledger ${file} has writes that the backup does not have`, {
    why: 'restoring would lose them; nothing was changed',
    hint: `move it away first, if you are sure: mv ${file} ${file}.old`,
    details: { path: file },
  });
}
