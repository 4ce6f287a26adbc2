import type { Hold, HoldCreateRequest, HoldOperations } from '../contract/holds';
import type { Transaction } from '../contract/transactions';
import { WalletError } from '../core/errors';

/** Failed attempts under one key that are looked through for a free place. */
const MOST_ATTEMPTS = 1_000;

type Reserved = Awaited<ReturnType<HoldOperations['create']>> & { transaction?: Transaction | null };

/**
 * The hold to run on. Under an idempotency key a program runs to its end once: what it was captured for is answered
 * again. One that failed was released and took nothing, so that the key is free for another attempt. Throws
 * `invalid_state` where nobody can know how the program ended.
 */
export async function reserve(holds: HoldOperations, request: HoldCreateRequest): Promise<Reserved> {
  const { idempotencyKey: key } = request;
  for (let attempt = 1; ; attempt += 1) {
    const keyed = key === undefined || attempt === 1 ? request : { ...request, idempotencyKey: `${key}:${attempt}` };
    const created = await holds.create(keyed);
    if (!created.replayed) return created;
    const { hold, transaction } = await holds.show({ id: created.hold.id });
    if (hold.status === 'captured') return { hold, transaction, replayed: true };
    if (hold.status !== 'released' || attempt === MOST_ATTEMPTS) throw unfinished(hold);
  }
}

function unfinished({ id, status }: Hold): WalletError {
  const isOpen = status === 'open';
  return new WalletError('invalid_state', `the program under this idempotency key did not tell how it ended (${id})`, {
    why: isOpen ? 'it is running, or was cut short' : `it was cut short, and its hold is ${status}`,
    hint: isOpen ? `wallet hold capture ${id}, or wallet hold release ${id} to run it again` : 'use a new key',
    details: { hold: id, status },
  });
}
