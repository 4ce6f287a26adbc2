import type { Settings } from './world';

/** Whether the settings lead to a server. A ledger that is named more closely than a server is used instead of it. */
export function isRemote({ api, ledger }: Settings): boolean {
  return api.value !== undefined && closeness(ledger.origin) <= closeness(api.origin);
}

function closeness(origin: string): number {
  return ['default', 'configuration', 'profile', 'environment', 'flag'].indexOf(origin.split(' ')[0] ?? '');
}
