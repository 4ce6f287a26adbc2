import { WalletError } from '../../core/errors';
import { type Call, given } from '../call';
import type { Cli } from '../cli';
import { SIGNAL_STATUS, type Signal } from '../signals';
import type { CommandSpec } from '../spec';
import type { ServeRequest } from '../world';

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = '8787';
const DEFAULT_RATE = '10000';

export const commands: readonly CommandSpec[] = [
  {
    path: 'serve',
    summary: 'answer over HTTP until it is stopped',
    details:
      'The API over the ledger, with its OpenAPI document at /openapi.json, a page to read at /docs, /healthz, /readyz and /metrics, and Stripe webhooks at /webhooks/stripe. It listens on this machine alone; another address needs a certificate, or a proxy that has one. What is under way when it is stopped is finished first. Prints one JSON line for each request on stderr.',
    options: [
      { flag: '--host <address>', help: `where it listens; ${DEFAULT_HOST} if not said` },
      { flag: '--port <n>', help: `the port; ${DEFAULT_PORT} if not said, 0 takes a free one` },
      { flag: '--tls-cert <file>', help: 'its certificate, in PEM form' },
      { flag: '--tls-key <file>', help: 'the key of the certificate' },
      { flag: '--behind-proxy', help: 'a proxy in front of it speaks TLS' },
      { flag: '--allow-host <name>', help: 'a name it may be called by, beside its own', repeat: true },
      { flag: '--rate <n>', help: `requests a second for each token; ${DEFAULT_RATE} if not said` },
      { flag: '--no-jobs', help: 'no background work: cron does it elsewhere' },
    ],
    examples: [{ command: 'wallet serve --port 8787', says: 'then: wallet --api http://127.0.0.1:8787 balance' }],
    kind: 'local',
    async run(call, cli) {
      const server = await cli.world.serve(cli.settings, requestOf(call), cli.log);
      await cli.stdout.write(cli.isJson ? `${JSON.stringify({ url: server.url })}\n` : `listening on ${server.url}\n`);
      const signal = await stopped(cli);
      await server.stop();
      return SIGNAL_STATUS[signal];
    },
  },
];

function requestOf(call: Call): ServeRequest {
  const host = call.text('host') ?? DEFAULT_HOST;
  const tls = tlsOf(call);
  if (!isLoopback(host) && tls === undefined && !call.has('behind-proxy')) throw inTheOpen(host);
  return {
    host,
    port: countOf(call.text('port') ?? DEFAULT_PORT, '--port', 65_535),
    tls,
    allowedHosts: call.values('allow-host') ?? [],
    rate: Math.max(1, countOf(call.text('rate') ?? DEFAULT_RATE, '--rate', 1_000_000)),
    jobs: !call.has('no-jobs'),
  };
}

function tlsOf(call: Call): ServeRequest['tls'] {
  const { cert, key } = given({ cert: call.text('tls-cert'), key: call.text('tls-key') });
  if (cert === undefined && key === undefined) return undefined;
  if (cert !== undefined && key !== undefined) return { cert, key };
  throw new WalletError('invalid_usage', 'a certificate and its key go together', {
    why: 'one of the two is missing',
    hint: 'add --tls-cert FILE and --tls-key FILE',
  });
}

function countOf(text: string, what: string, most: number): number {
  if (/^[0-9]{1,7}$/.test(text) && Number(text) <= most) return Number(text);
  throw new WalletError('invalid_value', `${what} ${JSON.stringify(text)} is not valid`, {
    why: `it must be a whole number up to ${most}`,
    hint: `such as ${what} 8787`,
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.[0-9]{1,3}){3}$/.test(host);
}

function inTheOpen(host: string): WalletError {
  return new WalletError('invalid_usage', `tokens would travel in the open to ${host}`, {
    why: 'an address other than this machine needs TLS',
    hint: 'add --tls-cert FILE --tls-key FILE, or --behind-proxy where a proxy in front of it speaks TLS',
  });
}

function stopped(cli: Cli): Promise<Signal> {
  return new Promise((resolve) => cli.signals.takeOver(resolve));
}
