import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';

/** Half past eleven at night in UTC: the next day in Berlin, the same day in New York. */
const NOW = '2026-10-31T23:30:00Z';

describe('the zone a caller names', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = createSandbox({ WALLET_NOW: NOW });
    await sandbox.ok('init --org Acme');
    await sandbox.ok('grant add 10 --reason start');
  });
  afterAll(() => sandbox.remove());

  const count = async (line: string) => {
    const { transactions } = (await sandbox.ok(`transactions --json ${line}`)).json() as { transactions: unknown[] };
    return transactions.length;
  };

  it('decides what a named day means in a filter', async () => {
    expect(await count('--period 2026-10-31')).toBe(1);
    expect(await count('--period 2026-10-31 --tz Europe/Berlin')).toBe(0);
    expect(await count('--period 2026-11-01 --tz Europe/Berlin')).toBe(1);
    expect(await count('--period today --tz America/New_York')).toBe(1);
  });

  it('decides when a day that is named for a change begins', async () => {
    const line = 'service set sms --price 0.01 --from 2026-11-05 --json';
    const { service } = (await sandbox.ok(`${line} --tz Europe/Berlin`)).json() as { service: unknown };
    expect(service).toMatchObject({ service: 'sms' });
    const { service: shown } = (await sandbox.ok('service show sms --json')).json() as {
      service: { versions: { effectiveFrom: string }[] };
    };
    expect(shown.versions[0]?.effectiveFrom).toBe('2026-11-04T23:00:00Z');
  });

  it('is refused when there is no such zone, also without a table to show', async () => {
    const outcome = await sandbox.wallet('balance --json --tz Mars/Olympus');
    expect(outcome.status).toBe(2);
    expect(outcome.error().code).toBe('invalid_value');
  });
});
