import { createHmac, timingSafeEqual } from 'node:crypto';

/** What an event can be about: a payment that may have ended, or money that may have gone back. */
export type EventSubject = 'payment' | 'return';

/** A delivery as it came in: its bytes, for they are what was signed, and the header `Stripe-Signature`. */
export interface Delivery {
  readonly body: Uint8Array;
  readonly signature: string | undefined;
}

/** How old a signature may be, or how far ahead another clock; older, it was recorded by somebody and sent again. */
const TOLERANCE_MS = 300_000;
const SUBJECTS: readonly (readonly [RegExp, EventSubject])[] = [
  [/^(?:refund\.|charge\.refund|charge\.dispute\.)/, 'return'],
  [/^(?:payment_intent|invoice|checkout\.session)\./, 'payment'],
];

/** Whether Stripe signed it with that secret, within 300 s of now. While a secret is exchanged there are two signatures. */
export function isGenuine({ body, signature }: Delivery, secret: string, nowMs: number): boolean {
  const parts = (signature ?? '').split(',').map((part) => part.trim().split('='));
  const valuesOf = (name: string) => parts.filter(([key]) => key === name).map(([, value]) => value ?? '');
  const time = valuesOf('t')[0] ?? '';
  if (!/^\d{1,12}$/.test(time) || Math.abs(nowMs - Number(time) * 1000) > TOLERANCE_MS) return false;
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest();
  return valuesOf('v1').some((value) => isSame(value, expected));
}

/** All that is taken from an event: which objects to look up. Undefined where it tells of nothing we keep. */
export function subjectOf({ body }: Delivery): EventSubject | undefined {
  const type = typeOf(body);
  return SUBJECTS.find(([pattern]) => pattern.test(type))?.[1];
}

function typeOf(body: Uint8Array): string {
  try {
    const event: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return event !== null && typeof event === 'object' && 'type' in event ? String(event.type) : '';
  } catch {
    return ''; // signed, and yet no event: there is nothing to do about it
  }
}

function isSame(value: string, expected: Buffer): boolean {
  return /^[0-9a-f]{64}$/.test(value) && timingSafeEqual(Buffer.from(value, 'hex'), expected);
}
