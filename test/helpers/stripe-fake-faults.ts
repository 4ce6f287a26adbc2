import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StripeMemory, Wire } from './stripe-fake-objects';

/** What goes wrong with a request. */
export type Fault =
  /** The connection breaks; `executed` says whether the request was carried out before. */
  | { readonly kind: 'drop'; readonly executed: boolean }
  /** No answer, for as long as the caller waits. */
  | { readonly kind: 'hang'; readonly executed: boolean }
  /** The connection breaks at once, and the request is carried out later. */
  | { readonly kind: 'late'; readonly afterMs: number }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly type?: string;
      readonly code?: string;
      readonly param?: string;
    }
  /** The bank says no, in these words. */
  | { readonly kind: 'decline'; readonly fields: Wire }
  /** Carried out, then the answer is not JSON, or ends in the middle. */
  | { readonly kind: 'body'; readonly body: 'broken' | 'cut' }
  /** Carried out, and the answer says something else. */
  | { readonly kind: 'mutate'; readonly fields: Wire };

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly memory: StripeMemory;
  /** Carries the request out. */
  run(): Answer;
}

/** Answers as the fault has it. */
export function misbehave(fault: Fault, { request, response, memory, run }: Exchange): void {
  const drop = () => void request.socket.resetAndDestroy();
  if ('executed' in fault && fault.executed) run();
  switch (fault.kind) {
    case 'hang':
      break;
    case 'drop':
      drop();
      break;
    case 'late':
      setTimeout(run, fault.afterMs);
      drop();
      break;
    case 'status':
      send(response, errorAnswer(fault));
      break;
    case 'decline':
      send(response, declined(memory, request.url ?? '', fault.fields));
      break;
    case 'mutate':
      send(response, changed(run(), fault.fields));
      break;
    case 'body':
      if (fault.body === 'broken') send(response, { status: run().status, body: '<html>gateway</html>' });
      else cutOff(response, run().body, drop);
      break;
  }
}

function declined(memory: StripeMemory, path: string, fields: Wire): Answer {
  const intent = memory.objects.get(path.split('/')[3] ?? '');
  const error = { type: 'card_error', message: 'Your card was declined.', payment_intent: intent, ...fields };
  return { status: 402, body: JSON.stringify({ error }) };
}

/** What is sent back. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

function errorAnswer({ status, type, code, param }: Extract<Fault, { kind: 'status' }>): Answer {
  const fallback = status === 429 ? 'rate_limit_error' : status === 409 ? 'idempotency_error' : 'api_error';
  const error = {
    type: type ?? fallback,
    message: `injected ${status}`,
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
  };
  return { status, body: JSON.stringify({ error }) };
}

function changed({ status, body }: Answer, fields: Wire): Answer {
  return { status, body: JSON.stringify({ ...(JSON.parse(body) as Wire), ...fields }) };
}

function cutOff(response: ServerResponse, body: string, drop: () => void): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.write(body.slice(0, body.length / 2));
  setTimeout(drop, 20);
}

export function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_fake' });
  response.end(body);
}
