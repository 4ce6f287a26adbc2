import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readFileSync, type Stats } from 'node:fs';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { WalletError } from './core/errors';
import { os, systemUser } from './system-user';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where each setting may come from. A profile holds the same keys as the file itself. */
const SOURCES = {
  org: { flag: '--org', env: 'WALLET_ORG', kept: true },
  ledger: { flag: '--ledger', env: 'WALLET_LEDGER', kept: true },
  api: { flag: '--api', env: 'WALLET_API_URL', kept: true },
  apiToken: { flag: '', env: 'WALLET_API_TOKEN', kept: true },
  profile: { flag: '--profile', env: 'WALLET_PROFILE', kept: false },
  as: { flag: '--as', env: 'WALLET_ACTOR', kept: true },
  tz: { flag: '--tz', env: 'WALLET_TZ', kept: true },
  pager: { flag: '', env: 'WALLET_PAGER', kept: true },
  maxPurchase: { flag: '', env: 'WALLET_MAX_PURCHASE', kept: true },
  webhookAllow: { flag: '', env: 'WALLET_WEBHOOK_ALLOW', kept: true },
  now: { flag: '', env: 'WALLET_NOW', kept: false },
} as const;

type SettingName = keyof typeof SOURCES;

type Kept = { readonly [key in SettingName]?: string };

/** What the configuration file holds: settings, the profile in use, and the profiles. */
export interface ConfigContent extends Kept {
  readonly profiles?: Readonly<Record<string, Kept>>;
}

/** A setting and where it came from. */
interface Setting {
  readonly value: string | undefined;
  readonly origin: string;
}

export type Settings = Readonly<Record<SettingName, Setting>>;

/** One place that settings come from; of several, the first that has a value wins. */
interface Layer {
  readonly values: Kept;
  readonly origin: (key: SettingName) => string;
}

/**
 * Settles every setting: flag, then environment, then profile, then configuration file, then default. An empty variable
 * is as good as none. Throws `invalid_config` for a file that cannot be trusted, `unknown_profile` for a missing profile.
 */
export function resolveSettings(flags: Kept, env: Environment): Settings {
  const file = readConfig(configPath(env));
  const above: readonly Layer[] = [
    { values: flags, origin: (key) => `flag ${SOURCES[key].flag}` },
    { values: fromEnvironment(env), origin: (key) => `environment ${SOURCES[key].env}` },
  ];
  const kept: Layer = { values: file, origin: () => 'configuration file' };
  const profile = settle('profile', [...above, kept]);
  const named: Layer = { values: requireProfile(file, profile), origin: () => `profile ${profile.value}` };
  const layers = [...above, named, kept];
  return {
    org: settle('org', layers),
    ledger: settle('ledger', layers, () => defaultLedger(env)),
    api: settle('api', layers),
    apiToken: settle('apiToken', layers),
    profile,
    as: settle('as', layers, systemUser),
    tz: settle('tz', layers),
    pager: settle('pager', layers),
    maxPurchase: settle('maxPurchase', layers),
    webhookAllow: settle('webhookAllow', layers),
    now: settle('now', layers),
  };
}

function settle(key: SettingName, layers: readonly Layer[], fallback?: () => string): Setting {
  for (const { values, origin } of layers) {
    const value = values[key];
    if (value !== undefined && value !== '') return { value, origin: origin(key) };
  }
  return { value: fallback?.(), origin: 'default' };
}

function fromEnvironment(env: Environment): Kept {
  return Object.fromEntries(Object.entries(SOURCES).map(([key, source]) => [key, env[source.env] ?? '']));
}

function requireProfile(file: ConfigContent, profile: Setting): Kept {
  if (profile.value === undefined) return {};
  const profiles = file.profiles ?? {};
  const kept = Object.hasOwn(profiles, profile.value) ? profiles[profile.value] : undefined;
  if (kept !== undefined) return kept;
  throw new WalletError('unknown_profile', `there is no profile ${JSON.stringify(profile.value)}`, {
    why: `it was named by the ${profile.origin}`,
    hint: 'wallet profile list',
    details: { profile: profile.value, profiles: Object.keys(profiles) },
  });
}

/** `$XDG_CONFIG_HOME/wallet/config.json`. */
export function configPath(env: Environment): string {
  return within(xdgFolder(env, 'XDG_CONFIG_HOME', '.config'), 'wallet/config.json');
}

/** `$XDG_DATA_HOME/wallet/keys`: one file for each key that was given to a command outside of any ledger. */
export function keysPath(env: Environment): string {
  return within(dataFolder(env), 'keys');
}

function defaultLedger(env: Environment): string {
  return within(dataFolder(env), 'ledger.db');
}

function dataFolder(env: Environment): string {
  return within(xdgFolder(env, 'XDG_DATA_HOME', '.local/share'), 'wallet');
}

/** The specification says that a relative folder is to be ignored. */
function xdgFolder(env: Environment, variable: string, fallback: string): string {
  const folder = env[variable];
  return folder !== undefined && isAbsolute(folder) ? folder : within(env.HOME || homeOf(variable), fallback);
}

/** Most folders are named as `join` would name them, and Node would first compile it. */
function within(folder: string, path: string): string {
  return sep === '/' && !folder.endsWith(sep) ? `${folder}/${path}` : join(folder, path);
}

function homeOf(variable: string): string {
  try {
    return os().homedir();
  } catch (cause) {
    throw new WalletError('invalid_config', 'there is no home directory', {
      why: 'HOME is not set, and the system knows none for this user',
      hint: `set HOME or ${variable}`,
      cause,
    });
  }
}

/** Reads the configuration file; a missing one is empty. Throws `invalid_config` unless it is ours, private and well formed. */
export function readConfig(file: string): ConfigContent {
  const text = readPrivately(file);
  if (text === undefined) return {};
  return checkedContent(parseJson(text, file), file);
}

function readPrivately(file: string): string | undefined {
  if (isMissing(file)) return undefined;
  let handle: number;
  try {
    handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw refused(
      file,
      code === 'ELOOP' || code === 'EMLINK' ? 'it is a symbolic link' : `it cannot be read (${code})`,
    );
  }
  try {
    const fault = distrust(fstatSync(handle));
    if (fault !== undefined) throw refused(file, fault);
    return readFileSync(handle, 'utf8');
  } finally {
    closeSync(handle);
  }
}

/** Told in a third of the time that a failure takes. Who may not look there is told so by opening it. */
function isMissing(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

/** Whoever may write the file may point the wallet at another ledger or server. */
function distrust(stats: Stats): string | undefined {
  if (!stats.isFile()) return 'it is not a file';
  const user = process.getuid?.();
  if (user === undefined) return undefined; // no owners and modes on this system
  if (stats.uid !== user) return 'it belongs to another user';
  return (stats.mode & 0o077) === 0 ? undefined : 'other users may read or write it';
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused(file, 'it is not JSON');
  }
}

function checkedContent(content: unknown, file: string): ConfigContent {
  if (!isRecord(content)) throw refused(file, 'it is not a JSON object');
  const { profiles, ...settings } = content;
  checkKept(settings, file, '', [...keptNames(), 'profile']);
  if (profiles === undefined) return content;
  if (!isRecord(profiles)) throw refused(file, '"profiles" is not an object');
  for (const [name, kept] of Object.entries(profiles)) {
    if (!isRecord(kept)) throw refused(file, `the profile ${JSON.stringify(name)} is not an object`);
    checkKept(kept, file, `profiles.${name}.`, keptNames());
  }
  return content;
}

function checkKept(kept: Record<string, unknown>, file: string, prefix: string, names: readonly string[]): void {
  for (const [key, value] of Object.entries(kept)) {
    if (!names.includes(key)) throw refused(file, `it has an unknown key ${JSON.stringify(prefix + key)}`);
    if (typeof value !== 'string') throw refused(file, `${JSON.stringify(prefix + key)} is not a string`);
  }
}

function keptNames(): string[] {
  return Object.entries(SOURCES).flatMap(([name, { kept }]) => (kept ? [name] : []));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(file: string, why: string): WalletError {
  return new WalletError('invalid_config', 'the configuration file was not used', {
    why: `${file}: ${why}`,
    hint: 'correct it, make it private with chmod 600, or move it away',
    details: { path: file, fault: why },
  });
}

/** Writes the configuration file, whole or not at all, for its owner's eyes only. */
export async function writeConfig(file: string, content: ConfigContent): Promise<void> {
  readConfig(file); // never write over what would not be read
  const { default: Conf } = await import('conf');
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const store = new Conf<Record<string, unknown>>({
    cwd: folder,
    configName: basename(file, '.json'),
    projectSuffix: '',
    configFileMode: 0o600,
    accessPropertiesByDotNotation: false,
    clearInvalidConfig: false,
  });
  store.store = { ...content };
}
