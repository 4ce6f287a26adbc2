import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configPath, readConfig, resolveSettings, writeConfig } from '../../src/config';
import { WalletError } from '../../src/core/errors';

let home: string;
let file: string;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'wallet-config-'));
  file = configPath({ HOME: home });
  mkdirSync(path.dirname(file), { recursive: true });
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function write(content: unknown, mode = 0o600): void {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(file, mode);
}

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    return error instanceof WalletError ? error.code : String(error);
  }
}

describe('the last word on a setting', () => {
  const all = { org: 'from-file', profile: 'shop', profiles: { shop: { org: 'from-profile' } } };

  test.each([
    ['the flag', { org: 'from-flag' }, { WALLET_ORG: 'from-env' }, all, 'from-flag', 'flag --org'],
    ['the environment', {}, { WALLET_ORG: 'from-env' }, all, 'from-env', 'environment WALLET_ORG'],
    ['the profile', {}, {}, all, 'from-profile', 'profile shop'],
    ['the file', {}, {}, { org: 'from-file' }, 'from-file', 'configuration file'],
    ['nobody', {}, {}, {}, undefined, 'default'],
    ['nobody, an empty variable being none', {}, { WALLET_ORG: '' }, {}, undefined, 'default'],
    [
      'the profile that the environment names',
      {},
      { WALLET_PROFILE: 'b' },
      { profiles: { b: { org: 'b-org' } } },
      'b-org',
      'profile b',
    ],
  ])('is with %s', (_who, flags, env, content, value, origin) => {
    write(content);
    expect(resolveSettings(flags, { HOME: home, ...env }).org).toEqual({ value, origin });
  });

  test('the ledger is under the data folder unless told otherwise', () => {
    expect(resolveSettings({}, { HOME: home }).ledger.value).toBe(`${home}/.local/share/wallet/ledger.db`);
    expect(resolveSettings({}, { HOME: home, XDG_DATA_HOME: '/data' }).ledger.value).toBe('/data/wallet/ledger.db');
    expect(resolveSettings({}, { HOME: home, XDG_DATA_HOME: 'relative' }).ledger.value).toContain('/.local/share/');
  });

  test('somebody is always the actor', () => {
    expect(resolveSettings({}, { HOME: home }).as.value).toMatch(/.+/);
  });

  test('without HOME the system is asked', () => {
    expect(resolveSettings({}, { XDG_CONFIG_HOME: home }).ledger.value).toMatch(/ledger\.db$/);
  });

  test('a profile that is not there is unknown', () => {
    write({ profiles: { shop: {} } });
    expect(codeOf(() => resolveSettings({ profile: 'nope' }, { HOME: home }))).toBe('unknown_profile');
    expect(codeOf(() => resolveSettings({ profile: 'constructor' }, { HOME: home }))).toBe('unknown_profile');
  });
});

describe('a configuration file that cannot be trusted is refused', () => {
  test.each([
    ['no JSON', '{', 0o600],
    ['an array', '[]', 0o600],
    ['an unknown key', { orgg: 'x' }, 0o600],
    ['a secret', { STRIPE_API_KEY: 'x' }, 0o600],
    ['a wrong type', { org: 7 }, 0o600],
    ['a profile that is no object', { profiles: { a: 1 } }, 0o600],
    ['an unknown key in a profile', { profiles: { a: { profile: 'b' } } }, 0o600],
    ['__proto__', '{"__proto__": {"org": "x"}}', 0o600],
    ['readable by others', { org: 'x' }, 0o644],
    ['writable by the group', { org: 'x' }, 0o620],
  ])('%s', (_what, content, mode) => {
    write(content, mode);
    expect(codeOf(() => readConfig(file))).toBe('invalid_config');
  });

  test('a symbolic link', () => {
    const target = path.join(home, 'elsewhere.json');
    writeFileSync(target, '{}', { mode: 0o600 });
    symlinkSync(target, file);
    expect(codeOf(() => readConfig(file))).toBe('invalid_config');
  });

  test('a folder', () => {
    mkdirSync(file);
    expect(codeOf(() => readConfig(file))).toBe('invalid_config');
  });
});

test('who names nobody is who the system says', () => {
  const { as } = resolveSettings({}, { HOME: home });
  expect(as).toEqual({ value: userInfo().username, origin: 'default' });
});

test('a missing file is empty', () => {
  expect(readConfig(file)).toEqual({});
});

test('what is written reads back, for its owner alone', async () => {
  rmSync(path.dirname(file), { recursive: true });
  await writeConfig(file, { org: 'acme', profiles: { 'a.b': { ledger: '/x' } } });
  expect(readConfig(file)).toEqual({ org: 'acme', profiles: { 'a.b': { ledger: '/x' } } });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
});

test('a file that would not be read is not written over', async () => {
  write({ orgg: 'x' });
  await expect(writeConfig(file, { org: 'acme' })).rejects.toThrow('configuration file');
});
