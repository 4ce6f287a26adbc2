import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { singleEvent } from './workshop';

/** The word that makes this program the crowd that calls a server. */
export const CALLERS = 'call-until-told';

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
  const call = async () => {
    const connection = await open(plan.port);
    while (performance.now() - start < plan.durationMs) {
      const index = next;
      next += 1;
      const began = performance.now();
      const status = await connection.post(tokens[index % tokens.length] ?? '', `${plan.name}-${index}`, index);
      if (status === 200) latencies.push(performance.now() - began);
      else failures += 1;
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: plan.connections }, call));
  const report: CallReport = { latencies, failures, elapsedMs: performance.now() - start };
  process.send?.(report, () => process.disconnect());
}

/** A connection that is kept open, with no more of HTTP than these answers need: the crowd must not be what is slow. */
async function open(port: number) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const post = (token: string, id: string, index: number): Promise<number> => {
    const body = JSON.stringify(singleEvent(id, index));
    const head = `POST /v1/usage HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\nIdempotency-Key: ${id}`;
    socket.write(`${head}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    return statusOf(socket);
  };
  return { post, close: () => socket.destroy() };
}

/** The status of the next answer, once all of it is there. */
function statusOf(socket: Socket): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    const take = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end === -1 || text.length < end + 4 + Number(/content-length: (\d+)/i.exec(text)?.[1])) return;
      socket.off('data', take).off('close', lost);
      resolve(Number(text.slice(9, 12)));
    };
    const lost = () => reject(new Error('the server hung up'));
    socket.on('data', take).on('close', lost);
  });
}
