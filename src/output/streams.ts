import type { WalletError } from '../core/errors';
import { type OutputOptions, outputFailed, type Sink, systemCode } from './sink';

const STDOUT_NAMES: readonly string[] = ['-', '/dev/stdout'];
/** How a reader that went away shows: `| head` closed the pipe. */
const CLOSED: readonly (string | undefined)[] = [
  'EPIPE',
  'ECONNRESET',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
];

/**
 * The sink of `-o FILE`, or stdout where no file is named. What can be refused is refused here, before anything is
 * produced: `already_exists` without `force`, `invalid_value` for a folder or a device, `output_failed`.
 */
export async function openSink(path: string | undefined, options: OutputOptions = {}): Promise<Sink> {
  if (path === undefined || STDOUT_NAMES.includes(path)) return createStreamSink(process.stdout);
  const { openFileSink } = await import('./file-sink');
  return openFileSink(path, options);
}

/**
 * A sink over stdout or stderr; one per stream. It never ends the process nor closes the stream, so that nothing is cut
 * short: let the event loop drain, and set `process.exitCode`.
 */
export function createStreamSink(stream: NodeJS.WritableStream): Sink {
  let closed = false;
  let failure: WalletError | undefined;
  const note = (error: unknown) => {
    if (!closed && !CLOSED.includes(systemCode(error))) failure = outputFailed('the output', error);
    closed = true;
  };
  stream.on('error', note);

  const write = async (text: string | Uint8Array) => {
    // Its callback comes when the chunk has left the process: no more than one is ever under way.
    if (!closed)
      await new Promise<void>((resolve) => stream.write(text, (error) => resolve(error ? note(error) : undefined)));
    if (failure !== undefined) throw failure;
  };
  return {
    get closed() {
      return closed;
    },
    write,
    end: () => write(''),
    abort: async () => {},
  };
}

/** Writes all of it and ends the sink; asks for no more once nobody reads. When either side fails the sink is aborted. */
export async function writeAll(chunks: AsyncIterable<string | Uint8Array>, sink: Sink): Promise<void> {
  try {
    for await (const chunk of chunks) {
      await sink.write(chunk);
      if (sink.closed) break;
    }
    await sink.end();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}
