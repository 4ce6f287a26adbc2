import { quote } from '../../core/credits';
import { WalletError } from '../../core/errors';
import { nearest } from '../../core/text';
import type { Column } from '../../output/view';
import type { Cli } from '../cli';
import { showList } from '../list';
import { pagesOf } from '../list-pages';
import type { CommandSpec } from '../spec';
import { KEPT_KEYS, type KeptKey, SETTING_KEYS, type SettingKey } from '../world';

interface SettingRow {
  readonly key: string;
  readonly value: string | null;
  readonly origin: string;
}

const COLUMNS: readonly Column<SettingRow>[] = [
  { key: 'key', title: 'Setting', kind: 'text', cell: (row) => row.key, whole: true },
  { key: 'value', title: 'Value', kind: 'text', cell: (row) => row.value },
  { key: 'origin', title: 'From', kind: 'text', cell: (row) => row.origin },
];

/** Told as set or not, and never shown. */
const SECRETS = [
  'STRIPE_API_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'WALLET_API_TOKEN',
  'WALLET_SMTP_URL',
  'WALLET_WEBHOOK_SECRET',
];

const KEY = { name: 'key', help: `one of ${KEPT_KEYS.join(', ')}` };

export const commands: readonly CommandSpec[] = [
  {
    path: 'config get',
    summary: 'one setting and where it comes from',
    args: [{ name: 'key', help: `one of ${SETTING_KEYS.join(', ')}` }],
    examples: [{ command: 'wallet config get ledger', says: 'which ledger is used' }],
    kind: 'local',
    async run(call, cli) {
      const key = requireKey(call.arg(0), SETTING_KEYS);
      const setting = rowOf(key, cli);
      return cli.show({ setting }, () => `${setting.value ?? ''}\n`);
    },
  },
  {
    path: 'config set',
    summary: 'keep a setting in the configuration file',
    args: [KEY, { name: 'value', help: 'what it is set to' }],
    examples: [{ command: 'wallet config set org acme', says: 'no more --org' }],
    kind: 'local',
    keyed: 'settings',
    async run(call, cli) {
      const key = requireKey(call.arg(0), KEPT_KEYS);
      const { configFile } = cli.world;
      await configFile.write({ ...configFile.read(), [key]: call.arg(1) });
      const setting = { key, value: call.arg(1), origin: 'configuration file' };
      return cli.show({ setting }, () => `${key} is now ${call.arg(1)}\n`);
    },
  },
  {
    path: 'config unset',
    summary: 'take a setting out of the configuration file',
    args: [KEY],
    examples: [{ command: 'wallet config unset org', says: 'back to the default' }],
    kind: 'local',
    keyed: 'settings',
    async run(call, cli) {
      const key = requireKey(call.arg(0), KEPT_KEYS);
      const { configFile } = cli.world;
      const { [key]: _, ...rest } = configFile.read();
      await configFile.write(rest);
      return cli.show(
        { setting: { key, value: null, origin: 'configuration file' } },
        () => `${key} is no longer set\n`,
      );
    },
  },
  {
    path: 'config list',
    summary: 'all settings and where each comes from',
    examples: [{ command: 'wallet config list', says: 'what is in force, and why' }],
    kind: 'local',
    list: 'paged',
    async run(call, cli) {
      const secrets = SECRETS.map((name) => secretRow(name, cli));
      const rows = [...SETTING_KEYS.map((key) => rowOf(key, cli)), ...secrets];
      return showList(call, cli, {
        name: 'settings',
        columns: COLUMNS,
        money: false,
        fetch: pagesOf(
          async () => rows,
          ({ key }) => key,
        ),
      });
    },
  },
  {
    path: 'config path',
    summary: 'where the configuration file is',
    examples: [{ command: 'wallet config path', says: 'whether it exists or not' }],
    kind: 'local',
    async run(_call, cli) {
      const { path } = cli.world.configFile;
      return cli.show({ path }, () => `${path}\n`);
    },
  },
];

function rowOf(key: SettingKey, cli: Cli): SettingRow {
  const { value, origin } = cli.settings[key];
  return {
    key,
    value: value === undefined ? null : withoutPassword(value),
    origin: value === undefined ? 'not set' : origin,
  };
}

/** The variable may hold a whole database URL, password and all. */
function withoutPassword(value: string): string {
  return value.replace(/^([a-z][a-z0-9+.-]*:\/\/[^\s/@:]*):[^\s/@]+@/i, '$1:[hidden]@');
}

function secretRow(name: string, cli: Cli): SettingRow {
  const isSet = (cli.world.env[name] ?? '') !== '';
  return { key: name, value: isSet ? '[hidden]' : null, origin: isSet ? `environment ${name}` : 'not set' };
}

function requireKey<K extends SettingKey | KeptKey>(word: string, keys: readonly K[]): K {
  const key = keys.find((candidate) => candidate === word);
  if (key !== undefined) return key;
  const guess = nearest(word, keys);
  throw new WalletError('invalid_value', `there is no setting ${quote(word)}`, {
    why: `the settings are ${keys.join(', ')}`,
    hint: guess === undefined ? 'wallet config list' : `did you mean ${guess}?`,
  });
}
