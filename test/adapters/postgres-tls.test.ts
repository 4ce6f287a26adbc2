import { chmodSync, chownSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCertificate } from '../helpers/certificate';
import { createSandbox, type Sandbox } from '../helpers/cli';
import { openServer, type PostgresServer } from '../helpers/postgres-server';

// A server that is spoken to under TLS alone. It is on this machine, as every server of the tests, so TLS is asked for.

const here = makeCertificate('127.0.0.1');
const elsewhere = makeCertificate('db.example');

let server: PostgresServer;
let home: Sandbox;
beforeAll(async () => {
  server = await openServer();
  home = createSandbox();
  writeFileSync(path.join(home.home, 'here.pem'), here.cert);
  writeFileSync(path.join(home.home, 'elsewhere.pem'), elsewhere.cert);
  await present(here);
  await home.ok('init --org Acme', { env: ledger('sslmode=verify-full', 'here.pem') });
}, 60_000);
afterAll(async () => {
  home.remove();
  await server.remove();
});

/** Lets the server show a certificate, and refuse whoever comes without TLS. */
async function present({ cert, key }: { cert: string; key: string }): Promise<void> {
  const { uid, gid } = statSync(server.data);
  const files = {
    'server.crt': cert,
    'server.key': key,
    'pg_hba.conf': 'hostssl all all 127.0.0.1/32 scram-sha-256\n',
  };
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(server.data, name);
    writeFileSync(file, text);
    chmodSync(file, 0o600);
    chownSync(file, uid, gid);
  }
  writeFileSync(path.join(server.data, 'postgresql.auto.conf'), 'ssl = on\n');
  await server.stop();
  await server.start();
}

function ledger(options: string, root?: string): Record<string, string> {
  const file = root === undefined ? '' : `&sslrootcert=${path.join(home.home, root)}`;
  return { WALLET_LEDGER: `${server.url('postgres')}?${options}${file}` };
}

test('a server whose certificate an authority of ours has signed is spoken to, and only under TLS', async () => {
  for (const mode of ['require', 'verify-ca', 'verify-full']) {
    const balance = await home.ok('balance --json', { env: ledger(`sslmode=${mode}`, 'here.pem') });
    expect(balance.json()).toMatchObject({ balance: { org: 'Acme' } });
  }
  const plain = await home.wallet('balance', { env: ledger('sslmode=disable') });
  expect([plain.status, plain.stderr]).toEqual([9, expect.stringContaining('the server refused the user')]);
});

test('a certificate that nobody vouches for, or of another server, is refused', async () => {
  const unknown = await home.wallet('balance', { env: ledger('sslmode=verify-full') });
  expect([unknown.status, unknown.stderr]).toEqual([9, expect.stringMatching(/self.signed certificate/)]);
  const other = await home.wallet('balance', { env: ledger('sslmode=verify-full', 'elsewhere.pem') });
  expect([other.status, other.stderr]).toEqual([9, expect.stringMatching(/self.signed certificate|unable to verify/)]);
  await present(elsewhere);
  const renamed = await home.wallet('balance', { env: ledger('sslmode=verify-full', 'elsewhere.pem') });
  expect([renamed.status, renamed.stderr]).toEqual([9, expect.stringMatching(/altnames|does not match/)]);
});
