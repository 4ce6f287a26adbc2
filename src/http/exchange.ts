import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { badRequest, RequestFault, tooLarge } from './faults';

/** How long, in milliseconds, the rest of a body that nobody reads may take to arrive before its connection is closed. */
const UNREAD_MS = 500;

/** One request with its answer, and what is known of it until both are over. */
export class Exchange {
  readonly id = randomUUID();
  readonly incoming: IncomingMessage;
  readonly path: string;
  /** What follows the question mark. */
  readonly search: string;
  /** The pattern of the route that was taken: ids and queries stay out of the log. */
  route = 'none';
  token: string | undefined;
  /** The code of the problem that it is answered with. */
  code: string | undefined;
  status = 0;
  readonly #outgoing: ServerResponse;
  readonly #standing: { readonly isStopping: boolean };

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, standing: { readonly isStopping: boolean }) {
    this.incoming = incoming;
    this.#outgoing = outgoing;
    this.#standing = standing;
    const { url = '' } = incoming;
    const mark = url.indexOf('?');
    this.path = mark === -1 ? url : url.slice(0, mark);
    this.search = mark === -1 ? '' : url.slice(mark + 1);
  }

  get method(): string {
    return this.incoming.method ?? '';
  }

  header(name: string): string | undefined {
    const value = this.incoming.headers[name];
    return typeof value === 'string' ? value : value?.join(', ');
  }

  /** All of the body. Throws a fault with 413 for one that is larger than it may be. */
  async body(largest: number): Promise<Buffer> {
    const told = Number(this.incoming.headers['content-length'] ?? 0);
    if (told > largest) throw tooLarge(largest);
    return readAll(this.incoming, largest);
  }

  /** Answers, with what every answer has. To a caller who hung up nothing is sent. */
  end(status: number, headers: Readonly<Record<string, string>>, body: string | Buffer): void {
    const outgoing = this.#outgoing;
    this.status = status;
    if (outgoing.headersSent) outgoing.destroy(); // half an answer is worse than none
    if (outgoing.destroyed) return;
    outgoing.writeHead(status, {
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
      'Request-Id': this.id,
      // Whether it was asked before or not: what comes next is not taken.
      ...(this.#standing.isStopping ? { Connection: 'close' } : {}),
      ...headers,
      ...(status === 304 ? {} : { 'Content-Length': Buffer.byteLength(body) }),
    });
    outgoing.end(body);
    if (!this.incoming.complete) discardRest(this.incoming);
  }
}

/** Throws a fault with 400 where the caller hangs up before the end. */
function readAll(incoming: IncomingMessage, largest: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let length = 0;
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= largest) chunks.push(chunk);
      else {
        chunks = [];
        reject(tooLarge(largest));
      }
    });
    incoming.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    incoming.on('close', () => {
      if (!incoming.complete) reject(new RequestFault(400, badRequest('its body did not arrive whole')));
    });
  });
}

/** Lets the rest of a refused body go by, so that the answer is not lost; for a short while. */
function discardRest(incoming: IncomingMessage): void {
  const { socket } = incoming;
  const giveUp = setTimeout(() => socket.destroySoon(), UNREAD_MS);
  incoming.once('close', () => clearTimeout(giveUp));
  incoming.resume();
}
