import { fromProblem } from '../contract/problem';
import { listRoutes, pathNames, type RemoteRoute, type Route } from '../contract/routes';
import type { WalletService } from '../contract/wallet-service';
import { WalletError } from '../core/errors';
import { send } from './transport';

export interface RemoteSettings {
  readonly url: URL;
  readonly token: string;
  readonly org: string | undefined;
  readonly timeZone: string | undefined;
  readonly now: string | undefined;
  readonly maxPurchase: string | undefined;
  /** A key for a change that the caller gave none. */
  makeKey(): string;
}

type Operation = (request?: Record<string, unknown>) => Promise<object>;

/** The wallet behind a server. Every operation is one request, and fails as it would have failed there. */
export function createRemoteWallet(settings: RemoteSettings): WalletService {
  const service: Record<string, Record<string, Operation>> = {};
  for (const { noun, verb, route } of listRoutes()) {
    const operations = service[noun] ?? {};
    operations[verb] = operationOf(settings, route);
    service[noun] = operations;
  }
  // The table of routes has every operation of the service: one without a route does not compile.
  return { ...service, close: async () => undefined } as unknown as WalletService;
}

function operationOf(settings: RemoteSettings, route: Route): Operation {
  if ('local' in route) {
    return async () => {
      throw new WalletError('invalid_usage', 'this can not be done through a server', {
        why: route.local,
        hint: 'run it where the ledger is, and name the file: --ledger PATH',
      });
    };
  }
  return async (request = {}) => {
    const own = request.idempotencyKey === undefined && route.again === 'key' ? settings.makeKey() : undefined;
    const answer = await send(messageOf(settings, route, request, own), settings.url);
    const failure = answer.status < 400 ? undefined : fromProblem(answer.body);
    if (failure !== undefined) throw failure;
    if (answer.status !== 200 || typeof answer.body !== 'object' || answer.body === null) throw noWallet(settings.url);
    if (own === undefined) return answer.body;
    // A request of ours that had to be sent twice was done once: that is no replay to the caller, who asked once.
    const { replayed: _, ...first } = answer.body as { replayed?: true };
    return first;
  };
}

function messageOf(settings: RemoteSettings, route: RemoteRoute, request: Record<string, unknown>, own?: string) {
  const { idempotencyKey = own, ...fields } = request;
  const inPath = pathNames(route.path);
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(fields[name] ?? '')));
  const rest = Object.entries(fields).filter(([name, value]) => !inPath.includes(name) && value !== undefined);
  const headers: Record<string, string> = { authorization: `Bearer ${settings.token}`, accept: 'application/json' };
  const setting = (name: string, value: string | undefined) => {
    if (value !== undefined) headers[name] = encodeURIComponent(value);
  };
  setting('wallet-org', settings.org);
  setting('wallet-time-zone', settings.timeZone);
  setting('wallet-now', settings.now);
  setting('wallet-max-purchase', settings.maxPurchase);
  if (typeof idempotencyKey === 'string') headers['idempotency-key'] = idempotencyKey;
  if (route.method === 'GET')
    return { method: route.method, path: `${path}${queryOf(rest)}`, headers, body: undefined };
  headers['content-type'] = 'application/json';
  return { method: route.method, path, headers, body: JSON.stringify(Object.fromEntries(rest)) };
}

function queryOf(fields: readonly (readonly [string, unknown])[]): string {
  const query = new URLSearchParams();
  for (const [name, value] of fields) {
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  }
  return query.size === 0 ? '' : `?${query}`;
}

function noWallet(url: URL): WalletError {
  return new WalletError('api_unreachable', `what answers at ${url.origin} is no wallet`, {
    why: 'its answer is not one that a wallet gives',
    hint: 'check the address: --api URL or WALLET_API_URL',
  });
}
