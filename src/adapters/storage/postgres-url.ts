import { readFileSync } from 'node:fs';
import { WalletError } from '../../core/errors';

/** Where a database is and how it is reached, as its URL says. */
export interface PostgresAddress {
  /** In the order in which they are tried. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** How the server proves who it is; none only where the connection never leaves this machine. */
  readonly tls: { readonly ca: string | undefined } | undefined;
  /** How it is named to people: without its password. */
  readonly label: string;
}

const SHAPE = /^postgres(?:ql)?:\/\/(?:([^@/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/i;
const LOCAL_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]', '::1'];
const KNOWN = ['sslmode', 'sslrootcert', 'target_session_attrs', 'connect_timeout', 'application_name'];
const VERIFIED = ['require', 'verify-ca', 'verify-full'];

/**
 * Reads a database URL: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, several hosts separated by commas. Throws
 * `invalid_config`, without the password in it.
 */
export function parsePostgresUrl(url: string): PostgresAddress {
  const [, login = '', places = '', database = '', query = ''] = SHAPE.exec(url) ?? [];
  if (!SHAPE.test(url)) throw refused('it is not a database URL');
  const [user = '', ...secret] = login.split(':');
  const hosts = (places === '' ? 'localhost' : places).split(',').map(toHost);
  const options = new URLSearchParams(query);
  for (const key of options.keys()) if (!KNOWN.includes(key)) throw refused(`it has an unknown option ${key}`);
  const where = hosts.map(({ host, port }) => `${host}:${port}`).join(',');
  return {
    hosts,
    user: decoded(user) || undefined,
    password: decoded(secret.join(':')) || undefined,
    database: decoded(database) || undefined,
    tls: chooseTls(options, hosts),
    label: `postgres://${user === '' ? '' : `${user}@`}${where}/${database}`,
  };
}

function toHost(place: string): { host: string; port: number } {
  const [, host = '', port = '5432'] = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(place) ?? [];
  if (host === '' || Number(port) < 1 || Number(port) > 65_535) throw refused('its host or port can not be read');
  return { host: decoded(host).replace(/^\[|\]$/g, ''), port: Number(port) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused('a % in it is not followed by two hexadecimal digits');
  }
}

/** Between machines the server's certificate is always checked: who reads this traffic reads the books. */
function chooseTls(options: URLSearchParams, hosts: PostgresAddress['hosts']): PostgresAddress['tls'] {
  const isLocal = hosts.every(({ host }) => LOCAL_HOSTS.includes(host) || host.startsWith('/'));
  const mode = options.get('sslmode');
  const file = options.get('sslrootcert');
  if (isLocal && (mode === null || mode === 'disable' || mode === 'prefer')) return undefined;
  if (mode !== null && !VERIFIED.includes(mode)) {
    throw refused(`sslmode=${mode} would send the books over the network unguarded`, 'use sslmode=verify-full');
  }
  return { ca: file === null ? undefined : readCertificate(file) };
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw refused(`sslrootcert can not be read: ${(cause as NodeJS.ErrnoException).code}`);
  }
}

function refused(why: string, hint = 'write postgres://USER@HOST:PORT/DATABASE, and the password in PGPASSWORD') {
  return new WalletError('invalid_config', 'the database can not be reached by that URL', { why, hint });
}
