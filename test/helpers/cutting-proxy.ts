import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server, and cuts the line once where it is told to. */
export interface CuttingProxy {
  readonly port: number;
  /** Cuts at the so-many-th statement to the server from now on: before it is passed on, or before its answer is. */
  cutAt(statement: number, where: 'before' | 'after'): void;
  /** Cuts the client off at its next packet, and keeps that: the server has not seen it yet. */
  keepNext(): void;
  /** Passes on what was kept, with nobody there to hear the answer, and waits until the server has dealt with it. */
  letGo(): Promise<void>;
  /** Whether the cut was made. */
  hasCut(): boolean;
  close(): void;
}

export async function openProxy(serverPort: number): Promise<CuttingProxy> {
  let left = 0;
  let where: 'before' | 'after' = 'before';
  let isKeeping = false;
  let letGo: () => Promise<void> = async () => undefined;
  const sockets = new Set<Socket>();
  const door = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    const cut = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', cut).on('close', cut);
    }
    const keep = (chunk: Buffer) => {
      isKeeping = false;
      client.off('close', cut).destroy();
      letGo = () =>
        new Promise((resolve) => {
          server.removeAllListeners('data').on('data', () => server.end());
          server.on('close', () => resolve()).write(chunk);
        });
    };
    let isAnswerCut = false;
    client.on('data', (chunk) => {
      if (isKeeping) return keep(chunk);
      const statements = left > 0 ? statementsIn(chunk) : [];
      const at = statements[left - 1];
      left = Math.max(0, left - statements.length);
      if (at === undefined) return server.write(chunk);
      if (where === 'after') {
        isAnswerCut = true;
        return server.write(chunk);
      }
      client.destroy();
      return server.end(chunk.subarray(0, at));
    });
    server.on('data', (chunk) => (isAnswerCut ? cut() : client.write(chunk)));
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  return {
    port: (door.address() as AddressInfo).port,
    cutAt(statement, side) {
      left = statement;
      where = side;
    },
    keepNext() {
      isKeeping = true;
    },
    letGo: () => letGo(),
    hasCut: () => left === 0,
    close() {
      for (const socket of sockets) socket.destroy();
      door.close();
    },
  };
}

/** Where the messages begin by which a statement is carried out: one packet may have several, one after another. */
function statementsIn(chunk: Buffer): readonly number[] {
  const found: number[] = [];
  // What opens a connection is a length without a letter before it.
  for (let at = 0; chunk[at] !== 0 && at + 5 <= chunk.length; at += 1 + chunk.readUInt32BE(at + 1)) {
    if ('EQ'.includes(String.fromCharCode(chunk[at] ?? 0))) found.push(at);
  }
  return found;
}
