import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { SMTPServer } from 'smtp-server';

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Places that alerts are sent to, on this machine. `close` ends those that were opened. */
export function createDestinations() {
  const closing: (() => Promise<void>)[] = [];
  return {
    /** An HTTP receiver; `answer` says how it behaves, 204 unless given. */
    async webhook(
      answer: (response: ServerResponse, count: number) => void = (response) => response.writeHead(204).end(),
    ) {
      const received: Received[] = [];
      const server = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk) => (body += chunk));
        request.on('end', () => answer(response, received.push({ headers: request.headers, body })));
      });
      closing.push(async () => void server.closeAllConnections());
      return { url: `http://127.0.0.1:${await this.listen(server)}/hook`, received };
    },
    /** A mail server; `answer` may refuse a letter. */
    async mailServer(answer?: (done: (error?: Error) => void) => void) {
      const letters: string[] = [];
      const smtp = new SMTPServer({
        authOptional: true,
        disabledCommands: ['STARTTLS'],
        onData(stream, _session, done) {
          let text = '';
          stream.on('data', (chunk) => (text += chunk));
          stream.on('end', () => {
            letters.push(text);
            if (answer === undefined) done();
            else answer(done);
          });
        },
      });
      return { url: `smtp://127.0.0.1:${await this.listen(smtp.server)}`, letters };
    },
    async listen(server: Server): Promise<number> {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      closing.unshift(async () => void server.close());
      return (server.address() as AddressInfo).port;
    },
    async close() {
      for (const close of closing.splice(0)) await close();
    },
  };
}
