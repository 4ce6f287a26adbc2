import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server, and cuts the line once where it is told to. */
export interface CuttingProxy {
  readonly port: number;
  /** Cuts at the so-many-th message to the server from now on: before it is passed on, or before its answer is. */
  cutAt(message: number, where: 'before' | 'after'): void;
  /** Whether the cut was made. */
  hasCut(): boolean;
  close(): void;
}

export async function openProxy(serverPort: number): Promise<CuttingProxy> {
  let left = 0;
  let where: 'before' | 'after' = 'before';
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
    let isAnswerCut = false;
    client.on('data', (chunk) => {
      const isNow = left === 1;
      if (left > 0) left -= 1;
      if (isNow && where === 'before') return cut();
      isAnswerCut = isNow;
      server.write(chunk);
    });
    server.on('data', (chunk) => (isAnswerCut ? cut() : client.write(chunk)));
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  return {
    port: (door.address() as AddressInfo).port,
    cutAt(message, side) {
      left = message;
      where = side;
    },
    hasCut: () => left === 0,
    close() {
      for (const socket of sockets) socket.destroy();
      door.close();
    },
  };
}
