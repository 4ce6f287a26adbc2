import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { resolveSettings } from '../src/config';
import type { WalletService } from '../src/contract/wallet-service';
import { openWallet } from '../src/open-wallet';
import { APPS, SERVICES, writeEvents } from './events';
import type { BenchOptions } from './options';
import { Programs } from './programs';

/** Where the benchmarks work: a folder on the disk of the package, with the data and the ledgers that rows share. */
export class Workshop {
  readonly options: BenchOptions;
  readonly folder: string;
  readonly programs: Programs;

  constructor(options: BenchOptions) {
    this.options = options;
    // Beside the build, not in the system's temporary folder: that may be memory, where nothing is durable.
    this.folder = mkdtempSync(path.resolve('build/bench-'));
    this.programs = new Programs(this.folder);
  }

  /** Rows of the large ledger. */
  get manyRows(): number {
    return this.options.rows * 10;
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  /** A file of so many events. */
  events(rows: number): string {
    const file = this.path(`events-${rows}.csv`);
    if (!existsSync(file)) writeEvents(file, rows);
    return file;
  }

  /** A ledger of so many transactions, made by the wallet itself. Whoever changes it takes a copy. */
  async ledger(rows: number): Promise<string> {
    const file = this.path(`ledger-${rows}.db`);
    if (existsSync(file)) return file;
    say(`building a ledger of ${rows} transactions`);
    const building = await this.freshLedger(`building-${rows}.db`);
    this.programs.wallet(building, ['usage', 'import', this.events(rows)]);
    copyFileSync(building, file);
    this.remove(building);
    return file;
  }

  /** A copy of its own. */
  copy(ledger: string, name: string): string {
    const file = this.path(name);
    this.remove(file);
    copyFileSync(ledger, file);
    return file;
  }

  /** A ledger with an organisation, its apps and credits, and no usage yet. */
  async freshLedger(name: string): Promise<string> {
    const template = this.path('template.db');
    if (!existsSync(template)) {
      const wallet = await this.openService(template);
      await furnishService(wallet);
      await wallet.close();
    }
    return this.copy(template, name);
  }

  /** The service itself, in this process. */
  openService(ledger: string): Promise<WalletService> {
    return openService(ledger, this.folder);
  }

  remove(database: string): void {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${database}${suffix}`, { force: true });
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** An organisation with its apps and credits. */
export async function furnishService(wallet: WalletService): Promise<void> {
  await wallet.organisation.init({ org: 'Bench' });
  for (const app of APPS) await wallet.catalogue.addApp({ app });
  await wallet.credit.addGrant({ credits: '1000000000', reason: 'benchmark' });
}

/** The service over a ledger file, as a program of the wallet's would open it. */
export function openService(ledger: string, home: string): Promise<WalletService> {
  const env = { HOME: home };
  return openWallet(resolveSettings({ ledger, as: 'bench' }, env), env);
}

/** One event as a program would record it, each under an id of its own. */
export function singleEvent(id: string, index: number) {
  const app = APPS[index % APPS.length] ?? '';
  const service = SERVICES[index % SERVICES.length] ?? '';
  return { app, service, quantity: String(1 + (index % 20)), id };
}

/** Tells whoever waits what is going on; the table alone goes to standard output. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
