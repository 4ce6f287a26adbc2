import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { quote } from '../core/credits';
import { WalletError } from '../core/errors';
import { parseKey } from '../core/text';
import { openFileSink } from '../output/file-sink';
import type { Call } from './call';
import type { Cli } from './cli';
import type { CommandSpec } from './spec';

/** What does not change what is done. */
const NO_PARAMETERS = ['json', 'quiet', 'color', 'no-color', 'no-input', 'yes', 'pager', 'debug', 'idempotency-key'];

/** What a command answered under a key. */
interface Kept {
  /** Hashed with a salt of its own, so that no file tells whether two secrets are the same. */
  readonly salt: string;
  readonly fingerprint: string;
  readonly result: object;
  readonly text: string;
  readonly id?: string;
}

/**
 * Runs a command that changes no ledger, once for its key. Its answer is kept in a file of this user, as there is no
 * ledger to keep it in; the commands themselves see to it that doing them twice at once does no harm.
 */
export async function runOnce(spec: CommandSpec, call: Call, cli: Cli, secret: string | undefined): Promise<number> {
  const key = parseKey(call.text('idempotency-key') ?? '', 'idempotency key');
  const file = path.join(cli.world.keysFolder, `${digest(key)}.json`);
  const known = read(file);
  const salt = known?.salt ?? randomBytes(16).toString('hex');
  const fingerprint = digest(JSON.stringify([salt, secret, ...parametersOf(spec, call, cli)]));
  if (known === undefined) return spec.run(call, keeping(cli, file, { salt, fingerprint }), secret);
  if (known.fingerprint !== fingerprint) throw usedBefore(key);
  return cli.show({ ...known.result, replayed: true }, () => known.text, known.id);
}

/** Everything that was asked for; a file is the same file from any folder. */
function parametersOf(spec: CommandSpec, call: Call, cli: Cli): readonly unknown[] {
  const options = Object.entries(call.options).filter(([name]) => !NO_PARAMETERS.includes(name));
  const sorted = options.sort(([a], [b]) => (a < b ? -1 : 1));
  if (spec.keyed === 'settings') return [spec.path, call.args, sorted];
  return [spec.path, call.args.map((arg) => path.resolve(arg)), sorted, cli.settings.ledger.value];
}

/** The same, but what is shown is kept first: who sees an answer gets it again under the key. */
function keeping(cli: Cli, file: string, mark: Pick<Kept, 'salt' | 'fingerprint'>): Cli {
  const show: Cli['show'] = async (result, human, id) => {
    const shown = await human();
    const text = typeof shown === 'string' ? shown : shown.styled;
    await write(file, { ...mark, result, text, ...(id === undefined ? {} : { id }) });
    return cli.show(result, () => shown, id);
  };
  return Object.create(cli, { show: { value: show } });
}

function read(file: string): Kept | undefined {
  try {
    // Our own file, in a folder that nobody else can write to.
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function write(file: string, kept: Kept): Promise<void> {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const sink = await openFileSink(file, { force: true });
  await sink.write(`${JSON.stringify(kept)}\n`);
  await sink.end();
}

function usedBefore(key: string): WalletError {
  return new WalletError(
    'idempotency_conflict',
    `the idempotency key ${quote(key)} was used before, for something else`,
    {
      why: 'it belongs to another command or other parameters; nothing was done',
      hint: 'use a new key for a new change',
      details: { key },
    },
  );
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
