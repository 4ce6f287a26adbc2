import { createHash, type Hash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { VerifyCheck } from '../contract/audit';
import type { LedgerHead, TransactionQuery, TransactionTotals } from '../contract/transactions';
import type { WalletService } from '../contract/wallet-service';
import { WalletError } from '../core/errors';
import { FORMATS, type Format } from '../output/formats';
import { openSink } from '../output/streams';
import { type Call, given } from './call';
import type { Cli } from './cli';
import { writeList } from './list';
import { planList } from './list-plan';
import { dataChunks } from './transaction-list';
import { counted } from './wording';

/** What proves an export: everything needed to derive it again, and what must come out. */
interface Manifest {
  readonly manifest: 1;
  /** The export's own name, in the same folder. */
  readonly file: string;
  readonly org: string;
  readonly timeZone: string;
  readonly format: Format;
  readonly bom: boolean;
  /** As they were asked, words like last-month turned into times. */
  readonly filters: TransactionQuery;
  readonly rows: number;
  readonly totals: Omit<TransactionTotals, 'rows'>;
  readonly sha256: string;
  readonly ledger: LedgerHead;
}

/** Tables depend on who looks at them; data does not. */
const DATA_FORMATS: readonly Format[] = FORMATS.filter((format) => format !== 'table' && format !== 'markdown');

/** Writes the list as it stands at this moment, and beside it what proves it. */
export async function exportWithManifest(call: Call, cli: Cli, query: TransactionQuery): Promise<void> {
  const plan = planList(call, cli);
  const output = plan.output;
  if (output === undefined || output === '-' || !DATA_FORMATS.includes(plan.format)) throw noManifest();
  const { transactions } = await cli.wallet();
  const { totals, range, ledger } = await transactions.totals(query);
  const { period: _period, from: _from, to: _to, ...rest } = query;
  const filters = given({ ...rest, from: range.from ?? undefined, to: range.to ?? undefined });
  // Opened first: a manifest that cannot be written must not be found out after the export.
  const sink = await openSink(manifestOf(output), { force: call.has('force') });
  try {
    const hash = createHash('sha256');
    const chunks = dataChunks(transactions, { ...filters, upTo: ledger.entries, bom: plan.bom }, plan.format);
    await writeList(plan, call, cli, hashing(chunks, hash));
    const { rows, ...sums } = totals;
    const facts = {
      org: (await cli.organisation()).name,
      timeZone: range.timeZone,
      format: plan.format,
      bom: plan.bom,
    };
    const proof = { filters, rows, totals: sums, sha256: hash.digest('hex'), ledger };
    const manifest: Manifest = { manifest: 1, file: basename(output), ...facts, ...proof };
    await sink.write(`${JSON.stringify(manifest, null, 2)}\n`);
    await sink.end();
    cli.note(`${counted(rows, 'row')} written to ${output}, and what proves them to ${manifestOf(output)}`);
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

/** Derives an export again from the ledger, and compares: its file, the ledger it came from, its totals, its bytes. */
export async function checkManifest(path: string, wallet: WalletService, org: string): Promise<readonly VerifyCheck[]> {
  const manifest = readManifest(path);
  const { filters, ledger, rows, sha256 } = manifest;
  if (manifest.org !== org) throw invalidManifest(path, `it is of the organisation ${JSON.stringify(manifest.org)}`);
  const { totals, ledger: now } = await wallet.transactions.totals({ ...filters, upTo: ledger.entries });
  const { rows: found, ...sums } = totals;
  const again = createHash('sha256');
  const query = { ...filters, upTo: ledger.entries, bom: manifest.bom };
  for await (const chunk of dataChunks(wallet.transactions, query, manifest.format)) again.update(chunk);
  const sealed = now.instance === ledger.instance ? await sealOf(wallet, ledger.writes) : undefined;
  const isSame = found === rows && JSON.stringify(sums) === JSON.stringify(manifest.totals);
  return [
    await fileCheck(join(dirname(path), basename(manifest.file)), sha256),
    check('manifest head', sealed === ledger.head, `write ${ledger.writes} of this ledger has the seal that it names`),
    check('manifest totals', isSame, `${counted(rows, 'row')} and their control totals come out again`),
    check('manifest content', again.digest('hex') === sha256, 'the export comes out again byte for byte'),
  ];
}

async function sealOf({ audit }: WalletService, write: number): Promise<string | undefined> {
  const after = write > 1 ? { cursor: String(write - 1) } : {};
  const page = await audit.list({ order: 'asc', limit: 1, ...after });
  return page.audit.find(({ number }) => number === write)?.hash;
}

async function fileCheck(file: string, sha256: string): Promise<VerifyCheck> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (error) {
    return { name: 'manifest file', ok: false, detail: `${file} can not be read: ${(error as Error).message}` };
  }
  return check('manifest file', hash.digest('hex') === sha256, `${file} has the SHA-256 that it should`);
}

function check(name: string, ok: boolean, claim: string): VerifyCheck {
  return { name, ok, detail: ok ? claim : `it is not so that ${claim}` };
}

function readManifest(path: string): Manifest {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw invalidManifest(path, error instanceof Error ? error.message : String(error));
  }
  if (!isManifest(content)) throw invalidManifest(path, 'it lacks what an export writes into one');
  return content;
}

function isManifest(value: unknown): value is Manifest {
  const manifest = value as Partial<Manifest> | null;
  return (
    manifest?.manifest === 1 &&
    [manifest.file, manifest.sha256, manifest.ledger?.head].every((text) => typeof text === 'string') &&
    [manifest.rows, manifest.ledger?.entries, manifest.ledger?.writes].every(Number.isSafeInteger) &&
    typeof manifest.filters === 'object' &&
    DATA_FORMATS.some((format) => format === manifest.format)
  );
}

async function* hashing(chunks: AsyncIterable<string | Uint8Array>, hash: Hash): AsyncGenerator<string | Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

function manifestOf(output: string): string {
  return `${output}.manifest.json`;
}

function noManifest(): WalletError {
  return new WalletError('invalid_usage', 'a manifest stands beside a file of data', {
    why: `it proves ${DATA_FORMATS.join(', ')}, written with -o`,
    hint: 'add -o FILE --format csv',
  });
}

function invalidManifest(path: string, why: string): WalletError {
  return new WalletError('invalid_input', `${path} is no manifest of this ledger`, {
    why,
    hint: 'name a file that transactions --manifest wrote',
  });
}
