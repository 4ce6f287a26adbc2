import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { openServer, type PostgresServer } from './postgres-server';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers the address of the run's database server, which the first question starts. */
    postgresDoor: string;
  }
}

let server: Promise<PostgresServer> | undefined;
const door = createServer((_, response) => {
  server ??= openServer();
  server.then(
    ({ url }) => response.end(url('')),
    (error: Error) => response.writeHead(500).end(error.message),
  );
});

/** Lets every test file share one database server, and starts none for tests that need none. */
export function setup(project: TestProject): Promise<void> {
  return new Promise((resolve) => {
    door.listen(0, '127.0.0.1', () => {
      project.provide('postgresDoor', `http://127.0.0.1:${(door.address() as AddressInfo).port}/`);
      resolve();
    });
  });
}

export async function teardown(): Promise<void> {
  door.close();
  const started = await server?.catch(() => undefined);
  await started?.remove();
}
