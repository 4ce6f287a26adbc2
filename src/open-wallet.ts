import type { SqlDriver } from './adapters/storage/sql-driver';
import { SqlStore } from './adapters/storage/sql-store';
import { openSqlite } from './adapters/storage/sqlite-driver';
import { createSystem, digest } from './adapters/system';
import type { Dependencies } from './app/dependencies';
import { createLocalWallet } from './app/local-wallet';
import { isRemote } from './cli/remote-settings';
import type { Settings } from './cli/world';
import type { WalletService } from './contract/wallet-service';
import { type Credits, parseCredits } from './core/credits';
import { WalletError } from './core/errors';
import { DEFAULT_MAXIMUM_PURCHASE } from './core/payment/limits';
import { parseInstant } from './core/time';

type Environment = Readonly<Record<string, string | undefined>>;

/** The service behind every command: over a ledger here, or behind a server elsewhere. The nearer of the two settings wins. */
export async function openWallet(
  settings: Settings,
  env: Environment,
  hearers: Pick<Dependencies, 'onRecord' | 'onMoved'> = {},
): Promise<WalletService> {
  if (isRemote(settings)) return (await import('./open-remote')).openRemote(settings);
  const { dependencies } = openLedger(settings, env);
  return createLocalWallet({ ...dependencies(callOf(settings)), ...hearers });
}

/** Whose dealings these are, and by which clock. */
export interface LedgerCall {
  readonly actor: string;
  readonly caller?: Dependencies['caller'];
  readonly org: string | undefined;
  readonly timeZone: string | undefined;
  readonly now: string | undefined;
  readonly maxPurchase: Credits;
}

/** What the command line's own settings ask for. */
export function callOf(settings: Settings): LedgerCall {
  return {
    actor: settings.as.value ?? 'unknown',
    org: settings.org.value,
    timeZone: settings.tz.value,
    now: settings.now.value,
    maxPurchase: maximumPurchase(settings),
  };
}

/** The ledger that the settings name. It is opened when it is first asked for, once for any number of calls. */
export function openLedger(settings: Settings, env: Environment) {
  let driver: Promise<SqlDriver> | undefined;
  const open = (create: boolean): Promise<SqlDriver> => {
    driver ??= openDriver(settings, create).catch((error: unknown) => {
      driver = undefined; // it may be made later
      throw error;
    });
    return driver;
  };
  let opened: SqlStore | undefined;
  // One for all calls: what it has read of the settings is good for the next call as well.
  const store = async (options?: { create: boolean }) => {
    const driver = await open(options?.create === true);
    opened ??= new SqlStore(driver, digest);
    return opened;
  };
  const dependencies = (call: LedgerCall): Dependencies => {
    const fixedNow = call.now === undefined ? undefined : parseInstant(call.now, 'WALLET_NOW');
    const system = createSystem(fixedNow, env.WALLET_FAILPOINT);
    return {
      ...call,
      store,
      system,
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
      isKeyRestricted: async (info) =>
        info.provider === 'stripe' && (await import('./open-processor')).isKeyRestricted(env),
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
      close: async () => (await driver?.catch(() => undefined))?.close(),
    };
  };
  return { dependencies };
}

function maximumPurchase({ maxPurchase: { value, origin } }: Settings): Credits {
  return value === undefined ? DEFAULT_MAXIMUM_PURCHASE : parseCredits(value, `maximum purchase (${origin})`);
}

/** A file here, or a database on a server. */
export async function openDriver({ ledger: { value, origin } }: Pick<Settings, 'ledger'>, create: boolean) {
  const place = value ?? '';
  // The engine's own name for a ledger that is forgotten at once.
  if (place === ':memory:') throw unknownScheme(origin);
  // Asked in plain words first: the first use of an expression costs as much as a query.
  if (!place.includes('://') || !/^[a-z][a-z0-9+.-]*:\/\//i.test(place)) return openSqlite({ file: place, create });
  if (!/^postgres(ql)?:/i.test(place)) throw unknownScheme(origin);
  return (await import('./adapters/storage/postgres-driver')).openPostgres({ url: place, create });
}

function unknownScheme(origin: string): WalletError {
  return new WalletError('invalid_config', 'the ledger that was named can not be opened', {
    why: `${origin} names neither a file nor a PostgreSQL database`,
    hint: 'name a file, --ledger PATH, or a database: --ledger postgres://USER@HOST/DATABASE',
  });
}
