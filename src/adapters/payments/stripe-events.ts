import { createHmac, timingSafeEqual } from 'node:crypto';

/** What an event can be about: a payment that may have ended, or money that may have gone back, and of which payment. */
export type EventSubject =
  | { readonly kind: 'payment' }
  | { readonly kind: 'return'; readonly payment: string | undefined };

/** A delivery as it came in: its bytes, for they are what was signed, and the header `Stripe-Signature`. */
export interface Delivery {
  readonly body: Uint8Array;
  readonly signature: string | undefined;
}

/** How old a signature may be, or how far ahead another clock; older, it was recorded by somebody and sent again. */
const TOLERANCE_MS = 300_000;
const RETURN = /^(?:refund\.|charge\.refund|charge\.dispute\.)/;
const PAYMENT = /^(?:payment_intent|invoice|checkout\.session)\./;

/** Whether Stripe signed it with that secret, within 300 s of now. While a secret is exchanged there are two signatures. */
export function isGenuine({ body, signature }: Delivery, secret: string, nowMs: number): boolean {
  const parts = (signature ?? '').split(',').map((part) => part.trim().split('='));
  const valuesOf = (name: string) => parts.filter(([key]) => key === name).map(([, value]) => value ?? '');
  const time = valuesOf('t')[0] ?? '';
  if (!/^\d{1,12}$/.test(time) || Math.abs(nowMs - Number(time) * 1000) > TOLERANCE_MS) return false;
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest();
  return valuesOf('v1').some((value) => isSame(value, expected));
}

/** All that is taken from an event: what to look up. Undefined where it tells of nothing we keep. */
export function subjectOf({ body }: Delivery): EventSubject | undefined {
  const event = parsed(body);
  const type = typeof event?.type === 'string' ? event.type : '';
  if (PAYMENT.test(type)) return { kind: 'payment' };
  if (!RETURN.test(type)) return undefined;
  const payment = event?.data?.object?.payment_intent;
  return { kind: 'return', payment: typeof payment === 'string' ? payment : undefined };
}

/** The fields that are looked at, whatever is in them. */
interface SignedEvent {
  readonly type?: unknown;
  readonly data?: { readonly object?: { readonly payment_intent?: unknown } | null } | null;
}

function parsed(body: Uint8Array): SignedEvent | undefined {
  try {
    const event: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    // Signed, so of this form; each field is checked where it is read.
    return event !== null && typeof event === 'object' ? (event as SignedEvent) : undefined;
  } catch {
    return undefined; // signed, and yet no event: there is nothing to do about it
  }
}

function isSame(value: string, expected: Buffer): boolean {
  return /^[0-9a-f]{64}$/.test(value) && timingSafeEqual(Buffer.from(value, 'hex'), expected);
}
