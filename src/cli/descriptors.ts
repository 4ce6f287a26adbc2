import { writeSync } from 'node:fs';
import type { Sink } from '../output/sink';

/** The descriptor of each stream. */
const DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

/** As much as a pipe takes in one piece, so that nothing waits for a slow reader. */
const MOST_BYTES = 4_096;

/**
 * Writes a short text straight to stdout or stderr, and answers whether it went. Node's own streams cost 6 ms to set
 * up, a tenth of `wallet balance`; most answers are one line. On `later` nothing was written: use the stream.
 */
export function writeDirectly(stream: keyof typeof DESCRIPTORS, text: string): 'written' | 'closed' | 'later' {
  if (text.length > MOST_BYTES) return 'later';
  const length = isAscii(text) ? text.length : Buffer.byteLength(text);
  if (length > MOST_BYTES) return 'later';
  try {
    const written = writeSync(DESCRIPTORS[stream], text);
    if (written < length) writeAll(DESCRIPTORS[stream], Buffer.from(text).subarray(written));
    return 'written';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EPIPE' ? 'closed' : 'later'; // EAGAIN: the stream knows how to wait; a real fault it will report
  }
}

/** Most answers are. `Buffer.byteLength` is a function that Node would first compile. */
function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

/** A sink for the answer: straight to the descriptor while it is short, through the stream from there on. */
export function createAnswerSink(openStream: () => Promise<Sink>): Sink {
  let stream: Promise<Sink> | undefined;
  let isClosed = false;
  let opened: Sink | undefined;
  const later = async (): Promise<Sink> => {
    stream ??= openStream();
    opened = await stream;
    return opened;
  };
  return {
    get closed() {
      return isClosed || opened?.closed === true;
    },
    async write(text) {
      if (isClosed) return;
      const outcome = stream === undefined && typeof text === 'string' ? writeDirectly('stdout', text) : 'later';
      if (outcome === 'closed') isClosed = true;
      if (outcome === 'later') await (await later()).write(text);
    },
    end: async () => opened?.end(),
    abort: async () => opened?.abort(),
  };
}
