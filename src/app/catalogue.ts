import { quote } from '../core/credits';
import { WalletError } from '../core/errors';
import { nearest } from '../core/text';
import type { LedgerView } from '../ports/ledger-view';
import type { AppRecord, ServiceRecord } from '../ports/record-types';

/** Throws `unknown_app`, with a did-you-mean. */
export async function requireApp(view: LedgerView, name: string): Promise<AppRecord> {
  const [app] = await view.records.apps.list({ app: name });
  if (app !== undefined) return app;
  const known = (await view.records.apps.list()).map((each) => each.app);
  throw unknownApp(name, known);
}

/** Throws `unknown_service`, with a did-you-mean. */
export async function requireService(view: LedgerView, name: string): Promise<ServiceRecord> {
  const service = await view.records.services.find(name);
  if (service !== undefined) return service;
  const known = (await view.records.services.list()).map((each) => each.id);
  throw unknownService(name, known);
}

export function unknownApp(name: string, known: readonly string[]): WalletError {
  return unknown('unknown_app', 'app', name, known, `wallet app add ${name}`);
}

export function unknownService(name: string, known: readonly string[]): WalletError {
  return unknown('unknown_service', 'service', name, known, 'wallet service list');
}

function unknown(
  code: 'unknown_app' | 'unknown_service',
  what: string,
  name: string,
  known: readonly string[],
  otherwise: string,
) {
  const near = nearest(name, known);
  const hint = near === undefined ? otherwise : `did you mean ${near}?`;
  return new WalletError(code, `there is no ${what} ${quote(name)}`, {
    why: `nothing was changed`,
    hint,
    details: { [what]: name },
  });
}
