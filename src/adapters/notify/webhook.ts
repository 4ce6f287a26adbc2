import { createHmac } from 'node:crypto';
import { type LookupAddress, lookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { formatInstant } from '../../core/time';
import { type Message, NotDelivered } from '../../ports/notifier';
import type { AddressGuard } from './addresses';

/** For the look-up, the connection, and the answer together. */
export const DELIVERY_LIMIT_MS = 10_000;
const DISCORD_CHARACTERS = 1_900;
const ENCODED_SECRET = /^whsec_([A-Za-z0-9+/_-]+={0,2})$/;

/**
 * Posts the message, signed as Standard Webhooks has it. The address that was checked is the one connected to, no
 * redirect is followed, and of the answer only its status is looked at.
 */
export async function postWebhook(
  destination: string,
  message: Message,
  { guard, secret, now = Date.now }: { guard: AddressGuard; secret: string | undefined; now?: () => number },
): Promise<void> {
  if (secret === undefined || secret === '') throw new NotDelivered('WALLET_WEBHOOK_SECRET is not set', true);
  const url = readAgain(guard, destination);
  const body = bodyOf(message);
  const timestamp = String(Math.floor(now() / 1_000));
  const status = await post(url, guard, body, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'wallet',
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signatureOf(secret, `${message.id}.${timestamp}.${body}`)}`,
  });
  if (status >= 200 && status < 300) return;
  const redirect = status >= 300 && status < 400 ? ' (redirects are not followed)' : '';
  throw new NotDelivered(`it answered ${status}${redirect}`);
}

/** What may be sent to can have changed with the settings since the alert was set. */
function readAgain(guard: AddressGuard, destination: string): URL {
  try {
    return guard.read(destination);
  } catch (error) {
    throw new NotDelivered((error as { why?: string }).why ?? 'the URL can not be used');
  }
}

/** A secret with the mark of Standard Webhooks is the base64 of the key; any other is the key itself. */
function signatureOf(secret: string, signed: string): string {
  const encoded = ENCODED_SECRET.exec(secret.trim())?.[1];
  const key = encoded === undefined ? Buffer.from(secret.trim(), 'utf8') : Buffer.from(encoded, 'base64');
  return createHmac('sha256', key).update(signed).digest('base64');
}

/** One body for every receiver: `text` is what Slack shows, `content` what Discord shows, `data` is for programs. */
function bodyOf(message: Message): string {
  const { id, at, kind, title, lines, organisation, sandbox, alert, recovered, value, threshold } = message;
  const mark = sandbox ? 'SANDBOX ' : '';
  const plain = [`${mark}${organisation}: ${title}`, ...lines].join('\n');
  return JSON.stringify({
    type: `alert.${kind}`,
    timestamp: formatInstant(at),
    data: { id, kind, alert, recovered, organisation, sandbox, value, threshold, title, lines },
    text: plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    content: plain.length > DISCORD_CHARACTERS ? `${plain.slice(0, DISCORD_CHARACTERS)}…` : plain,
    allowed_mentions: { parse: [] },
  });
}

function post(url: URL, guard: AddressGuard, body: string, headers: Record<string, string>): Promise<number> {
  const { request } = url.protocol === 'http:' ? http : https;
  const signal = AbortSignal.timeout(DELIVERY_LIMIT_MS);
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent: false, signal, lookup: checked(url, guard) });
    sent.on('response', (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy(); // whatever it says is nobody's business
    });
    sent.on('error', (error) =>
      reject(signal.aborted ? new NotDelivered('no answer within 10 seconds') : named(error)),
    );
    sent.end(body);
  });
}

/** Resolves the name once, checks every address, and gives the connection those that were checked and no others. */
function checked(url: URL, guard: AddressGuard): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { all: true, family: options.family ?? 0 }, (error, addresses) => {
      if (error !== null) return callback(error, '');
      const [first, fault] = attempt(() => guard.check(url, addresses));
      if (first === undefined) return callback(fault as NodeJS.ErrnoException, '');
      if (options.all === true) return callback(null, [...first]);
      const one = first[0] as LookupAddress;
      return callback(null, one.address, one.family);
    });
  };
}

function attempt<T>(work: () => T): readonly [T, undefined] | readonly [undefined, unknown] {
  try {
    return [work(), undefined];
  } catch (error) {
    return [undefined, error];
  }
}

function named(error: Error & { code?: string }): NotDelivered {
  if (error instanceof NotDelivered) return error;
  return new NotDelivered(`it could not be reached (${error.code ?? 'connection failed'})`);
}
