import type { DeliveryRecord } from './alert';
import { addMs, type Instant } from './time';

const MINUTE = 60_000;
/** Waits between attempts. After the last of them comes one more attempt, and then nobody tries any more. */
const WAITS = [1, 5, 15, 60, 180, 360, 720].map((minutes) => minutes * MINUTE);
/** How long whoever took a delivery has it to itself: far longer than a send may take. */
const LEASE_MS = MINUTE;
/** A setting that is missing is looked for again so often, and never counts as an attempt. */
const UNSET_WAIT_MS = 5 * MINUTE;
const LONGEST_ERROR = 200;

/** Whether somebody may take it now: it waits and its time has come, or whoever took it has not come back. */
export function isDue({ state, nextAt }: DeliveryRecord, now: Instant): boolean {
  return (state === 'waiting' || state === 'sending') && nextAt <= now;
}

/** Taken by one runner, as one more attempt. */
export function taken(delivery: DeliveryRecord, now: Instant): DeliveryRecord {
  return { ...delivery, state: 'sending', attempts: delivery.attempts + 1, nextAt: addMs(now, LEASE_MS) };
}

export function delivered(delivery: DeliveryRecord, now: Instant): DeliveryRecord {
  return { ...delivery, state: 'delivered', error: null, deliveredAt: now };
}

/** One that was given up begins anew. */
export function revived(delivery: DeliveryRecord, now: Instant): DeliveryRecord {
  return { ...delivery, state: 'waiting', attempts: 0, nextAt: now };
}

/** To be tried again later; dead once it has been tried often enough. */
export function undelivered(delivery: DeliveryRecord, error: string, now: Instant, isUnset = false): DeliveryRecord {
  const told = error.slice(0, LONGEST_ERROR);
  if (isUnset) {
    const attempts = delivery.attempts - 1;
    return { ...delivery, state: 'waiting', attempts, error: told, nextAt: addMs(now, UNSET_WAIT_MS) };
  }
  const wait = WAITS[delivery.attempts - 1];
  if (wait === undefined) return { ...delivery, state: 'dead', error: told, nextAt: now };
  return { ...delivery, state: 'waiting', error: told, nextAt: addMs(now, wait) };
}
