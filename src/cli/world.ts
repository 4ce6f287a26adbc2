import type { WalletService } from '../contract/wallet-service';
import type { Calendar } from '../core/time';

/** A setting, and which of flag, environment, profile, configuration file and default had the last word. */
interface Setting {
  readonly value: string | undefined;
  readonly origin: string;
}

/** Settings that a flag or a variable can set, by the name they have in the configuration file. */
export const SETTING_KEYS = [
  'org',
  'ledger',
  'api',
  'profile',
  'as',
  'tz',
  'pager',
  'maxPurchase',
  'webhookAllow',
  'now',
] as const;

export type SettingKey = (typeof SETTING_KEYS)[number];

/** `apiToken` is a secret: it is kept in the file and shown nowhere. */
export type Settings = Readonly<Record<SettingKey | 'apiToken', Setting>>;

/** What `wallet config set` can keep. `now` and the profile in use are not among them. */
export const KEPT_KEYS = ['org', 'ledger', 'api', 'as', 'tz', 'pager', 'maxPurchase', 'webhookAllow'] as const;

export type KeptKey = (typeof KEPT_KEYS)[number];

export type Kept = Readonly<Partial<Record<KeptKey | 'apiToken', string>>>;

/** The configuration file's content. */
export interface ConfigContent extends Kept {
  /** The profile in use when nothing else names one. */
  readonly profile?: string;
  readonly profiles?: Readonly<Record<string, Kept>>;
}

export interface ConfigFile {
  readonly path: string;
  /** Throws `invalid_config` for a file that cannot be trusted. A missing one is empty. */
  read(): ConfigContent;
  write(content: ConfigContent): Promise<void>;
}

/** How `wallet serve` is to listen. */
export interface ServeRequest {
  readonly host: string;
  readonly port: number;
  /** The files with its certificate and key. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly allowedHosts: readonly string[];
  readonly rate: number;
  readonly jobs: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What became of a copy of a ledger file. */
export interface CopyAnswer {
  readonly file: string;
  readonly ledger: string;
  readonly bytes: number;
  readonly transactions: number;
}

export interface RestoreAnswer extends CopyAnswer {
  /** Where the ledger that was replaced is kept. */
  readonly kept: string | null;
}

/** Backup and restore of a ledger file, each proved before it counts. */
export interface LedgerCopies {
  /** Throws `already_exists`, `output_failed`, `integrity_failure`. */
  backup(file: string, options: { force: boolean }): Promise<CopyAnswer>;
  /** Throws `already_exists` without `force`, and `invalid_state` over a ledger that has more in it. */
  restore(file: string, options: { force: boolean }): Promise<RestoreAnswer>;
}

/** What became of a ledger that was moved. */
export interface MoveAnswer {
  readonly from: string;
  readonly to: string;
  readonly organisations: number;
  readonly transactions: number;
  /** The last sealed write of each organisation, the same in both places. */
  readonly heads: readonly { readonly org: string; readonly links: number; readonly hash: string }[];
}

/** All the command line knows of the world around it; `main.ts` gives the real one. */
export interface World {
  readonly version: string;
  readonly env: Environment;
  /** The umask the program was started with: for programs that it starts in turn. */
  readonly umask: number;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly configFile: ConfigFile;
  /** Where answers are kept that are given once for a key, and that no ledger can keep. */
  readonly keysFolder: string;
  resolveSettings(flags: Readonly<Partial<Record<SettingKey, string>>>): Settings;
  /** Starts the server over the ledger that the settings name; `say` takes those lines of its log that have to wait. */
  serve(
    settings: Settings,
    request: ServeRequest,
    say: (text: string) => void,
  ): Promise<{ readonly url: string; stop(): Promise<void> }>;
  /**
   * Opens the wallet; `onRecord` hears the id of each payment once it is on record, and `onMoved` where the ledger went,
   * where it was moved and so stands still.
   */
  openWallet(
    settings: Settings,
    onRecord?: (id: string) => void,
    onMoved?: (place: string) => void,
  ): Promise<WalletService>;
  /** Throws `invalid_usage` for a ledger that is no file. */
  openCopies(settings: Settings): Promise<LedgerCopies>;
  /**
   * Moves the ledger that the settings name to another file or database. Throws `already_exists` where another ledger
   * is, `invalid_state` for a ledger that was moved, `integrity_failure` where the copy can not be proved.
   */
  moveLedger(settings: Settings, to: Setting, progress: (rows: number) => void): Promise<MoveAnswer>;
  openCalendar(zone: string): Promise<Calendar>;
}
