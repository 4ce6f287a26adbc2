import type { Socket } from 'node:net';
import type pg from 'pg';

/**
 * Drops the connection if it takes longer. The server does not limit how long a commit waits for a standby, and keeps the
 * rows locked meanwhile: nobody is told of what could still be lost.
 */
export function limited(client: pg.ClientBase, patienceMs: number): { isOver(): boolean; end(): void } {
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    // The library has no other way to leave a connection with a question open, and its types do not show this one.
    (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
  }, patienceMs);
  return { isOver: () => isOver, end: () => clearTimeout(timer) };
}
