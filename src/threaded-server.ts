import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { writeDirectly } from './cli/descriptors';
import { gatherLines } from './cli/gathered-lines';
import { redact } from './cli/secrets';
import { toSent } from './core/sent-error';
import { openServer } from './open-server';
import type { ServingJob, ServingNews } from './server-thread';

// The other end of `server-thread`: serves until it is told to stop.

const port = parentPort;

function tell(news: ServingNews): void {
  port?.postMessage(news);
}

/** Straight to the descriptor, so that the other thread sleeps; it waits for a slow reader. */
function write(text: string): void {
  if (writeDirectly('stderr', `${text}\n`) === 'later') tell({ kind: 'log', text });
}

async function serve({ settings, request, version }: ServingJob): Promise<void> {
  const lines = gatherLines((line) => redact(JSON.stringify(line)), write);
  const server = await openServer(settings, process.env, { ...request, log: lines.add, redact }, version);
  tell({ kind: 'open', url: server.url });
  if (port !== null) await once(port, 'message');
  await server.stop();
  lines.flush();
}

serve(workerData as ServingJob)
  .catch((error: unknown) => tell({ kind: 'failed', error: toSent(error) }))
  .finally(() => port?.close());
