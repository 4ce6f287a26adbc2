import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createLocalWallet } from '../src/app/local-wallet';
import { resolveSettings } from '../src/config';
import { callOf, openLedger } from '../src/open-wallet';
import { APPS } from './events';

/** A server that answers, and how to end it. */
export interface ServedLedger {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts `wallet serve` over the ledger: a process of its own, as it is run every day, but for its limit of requests. */
export async function serve(ledger: string, home: string): Promise<ServedLedger> {
  const words = ['serve', '--port', '0', '--rate', '1000000', '--no-jobs', '--json'];
  const server = spawn(process.execPath, [path.resolve('bin/wallet.js'), ...words], {
    env: { PATH: process.env.PATH ?? '', HOME: home, WALLET_LEDGER: ledger },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  process.once('exit', () => server.kill('SIGTERM'));
  const [line] = await Promise.race([once(createInterface(server.stdout), 'line'), failed(server)]);
  const { url } = JSON.parse(line) as { url: string };
  const stop = async () => {
    server.kill('SIGTERM');
    await once(server, 'close');
  };
  return { port: Number(new URL(url).port), stop };
}

async function failed(server: ChildProcess): Promise<never> {
  const [status] = await once(server, 'exit');
  throw new Error(`wallet serve ended with ${status}`);
}

/** Makes so many organisations with apps and credits where they are missing, and answers a token for each. */
export async function furnish(ledger: string, home: string, organisations: number): Promise<readonly string[]> {
  const env = { HOME: home };
  const settings = resolveSettings({ ledger, as: 'bench' }, env);
  const { dependencies } = openLedger(settings, env);
  const tokens: string[] = [];
  for (let i = 0; i < organisations; i += 1) {
    const wallet = createLocalWallet(dependencies({ ...callOf(settings), org: `Bench ${i}` }));
    await wallet.organisation.init({ org: `Bench ${i}` });
    for (const app of APPS) await wallet.catalogue.addApp({ app });
    await wallet.credit.addGrant({ credits: '1000000', reason: 'benchmark' });
    tokens.push((await wallet.access.createToken({ role: 'accountant', name: 'bench' })).secret ?? '');
    if (i === organisations - 1) await wallet.close();
  }
  return tokens;
}
