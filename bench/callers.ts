import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { singleEvent } from './workshop';

/** The word that makes this program the crowd that calls a server. */
export const CALLERS = 'call-until-told';

const LARGEST_READ = 16_384;

/** What the crowd is to do; it travels as JSON. */
export interface CallPlan {
  readonly port: number;
  readonly connections: number;
  readonly durationMs: number;
  /** A file with a token a line: each call goes to the next one's wallet. */
  readonly tokenFile: string;
  /** Tells the events of one crowd from those of another. */
  readonly name: string;
}

export interface CallReport {
  readonly latencies: readonly number[];
  readonly failures: number;
  readonly elapsedMs: number;
}

/** Lets a crowd of its own process post single events to the server, and answers how it fared. */
export async function callTogether(plan: CallPlan): Promise<CallReport> {
  const crowd = fork(__filename, [CALLERS, JSON.stringify(plan)], { env: { PATH: process.env.PATH ?? '' } });
  const [report] = await Promise.race([
    once(crowd, 'message'),
    once(crowd, 'exit').then(([status]) => {
      throw new Error(`the callers ended with ${status} before they were done`);
    }),
  ]);
  return report as CallReport;
}

/** The crowd: each connection sends its next event once it has the answer to the one before. */
export async function runCallers([text = '']: readonly string[]): Promise<void> {
  const plan = JSON.parse(text) as CallPlan;
  const tokens = readFileSync(plan.tokenFile, 'utf8').trim().split('\n');
  const latencies: number[] = [];
  let failures = 0;
  let next = 0;
  const start = performance.now();
  const call = (): Promise<void> => {
    let began = start;
    return converse(plan.port, (status) => {
      const now = performance.now();
      if (status === 200) latencies.push(now - began);
      else if (status !== undefined) failures += 1;
      if (now - start >= plan.durationMs) return undefined;
      const index = next;
      next += 1;
      began = now;
      return postOf(plan.port, tokens[index % tokens.length] ?? '', { id: `${plan.name}-${index}`, index });
    });
  };
  await Promise.all(Array.from({ length: plan.connections }, call));
  const report: CallReport = { latencies, failures, elapsedMs: performance.now() - start };
  process.send?.(report, () => process.disconnect());
}

function postOf(port: number, token: string, { id, index }: { id: string; index: number }): string {
  const body = JSON.stringify(singleEvent(id, index));
  const head = `POST /v1/usage HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\nIdempotency-Key: ${id}`;
  return `${head}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/**
 * A connection that is kept open, with no more of HTTP than these answers need, and read without a stream: the crowd
 * shares the processors with the server, and must not be what is slow. It sends what `say` answers to the status of each
 * answer, to undefined at first, and ends where that is nothing.
 */
function converse(port: number, say: (status: number | undefined) => string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const go = (status: number | undefined) => {
      const request = say(status);
      if (request !== undefined) socket.write(request, 'latin1');
      else
        socket
          .off('close', lost)
          .on('close', () => resolve())
          .destroy();
    };
    const buffer = Buffer.alloc(LARGEST_READ);
    const take = (bytes: number) => {
      text += buffer.toString('latin1', 0, bytes);
      const status = statusOf(text);
      if (status === undefined) return true;
      text = '';
      go(status);
      return true;
    };
    const lost = () => reject(new Error('the server hung up'));
    const options = { port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback: take } };
    const socket = connect(options, () => go(undefined));
    socket.on('close', lost).on('error', reject);
  });
}

/** The status of the answer, once all of it is there. */
function statusOf(text: string): number | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1 || text.length < end + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1])) return undefined;
  return Number(text.slice(9, 12));
}
