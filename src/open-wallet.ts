import type { SqlDriver } from './adapters/storage/sql-driver';
import { SqlStore } from './adapters/storage/sql-store';
import { openSqlite } from './adapters/storage/sqlite-driver';
import { createSystem, digest } from './adapters/system';
import { createLocalWallet } from './app/local-wallet';
import type { Settings } from './cli/world';
import type { WalletService } from './contract/wallet-service';
import { type Credits, parseCredits } from './core/credits';
import { WalletError } from './core/errors';
import { DEFAULT_MAXIMUM_PURCHASE } from './core/payment/purchase';
import { parseInstant } from './core/time';

type Environment = Readonly<Record<string, string | undefined>>;

/** The service behind every command: a ledger here, or (from a later version on) a server elsewhere. */
export async function openWallet(settings: Settings, env: Environment): Promise<WalletService> {
  if (settings.api.value !== undefined) throw noRemoteYet(settings.api.origin);
  const fixedNow = settings.now.value === undefined ? undefined : parseInstant(settings.now.value, 'WALLET_NOW');
  const system = createSystem(fixedNow, env.WALLET_FAILPOINT);
  let driver: SqlDriver | undefined;
  const open = async (create: boolean): Promise<SqlDriver> => {
    driver ??= await openDriver(settings, create);
    return driver;
  };
  const store = async (options?: { create: boolean }) => new SqlStore(await open(options?.create === true), digest);
  return createLocalWallet({
    store,
    processor: async (provider) => (await import('./open-processor')).describeProcessor(provider, env),
    admit: async (info) => {
      if (info.provider === 'sandbox') return;
      (await import('./open-processor')).admitLedger(info, env, fixedNow !== undefined);
    },
    gateway: async (info, keyMark) => {
      if (info.provider === 'stripe') return (await import('./open-processor')).openStripe(info, env, keyMark);
      const { createSandbox } = await import('./adapters/payments/sandbox');
      return { gateway: createSandbox(await open(false), system.now), keyMark };
    },
    notifier: async () =>
      (await import('./adapters/notify/notifier')).createNotifier({
        smtpUrl: env.WALLET_SMTP_URL,
        smtpFrom: env.WALLET_SMTP_FROM,
        webhookSecret: env.WALLET_WEBHOOK_SECRET,
        webhookAllow: settings.webhookAllow.value,
      }),
    renderReceipt: async (receipt, org, calendar) => {
      const [{ receiptDocument }, { createClock }, { renderPdf }] = await Promise.all([
        import('./cli/documents'),
        import('./cli/clock'),
        import('./output/pdf'),
      ]);
      return renderPdf(receiptDocument(receipt, org, createClock(calendar)));
    },
    system,
    actor: settings.as.value ?? 'unknown',
    org: settings.org.value,
    timeZone: settings.tz.value,
    maxPurchase: maximumPurchase(settings),
    close: async () => driver?.close(),
  });
}

function maximumPurchase({ maxPurchase: { value, origin } }: Settings): Credits {
  return value === undefined ? DEFAULT_MAXIMUM_PURCHASE : parseCredits(value, `maximum purchase (${origin})`);
}

/** A file here, or a database on a server. */
async function openDriver({ ledger: { value, origin } }: Settings, create: boolean): Promise<SqlDriver> {
  const place = value ?? '';
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(place)) return openSqlite({ file: place, create });
  if (!/^postgres(ql)?:/i.test(place)) throw unknownScheme(origin);
  return (await import('./adapters/storage/postgres-driver')).openPostgres({ url: place, create });
}

function unknownScheme(origin: string): WalletError {
  return new WalletError('invalid_config', 'the ledger that was named can not be opened', {
    why: `${origin} names neither a file nor a PostgreSQL database`,
    hint: 'name a file, --ledger PATH, or a database: --ledger postgres://USER@HOST/DATABASE',
  });
}

function noRemoteYet(origin: string): WalletError {
  return new WalletError('invalid_config', 'a remote wallet can not be reached with this version', {
    why: `${origin} names a server`,
    hint: 'unset it, and name a ledger file: --ledger PATH',
  });
}
