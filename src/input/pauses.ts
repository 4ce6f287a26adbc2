import type { Source } from './rows';

const NOTHING = new Uint8Array(0);

/** The same chunks, and an empty one wherever a while goes by without any: what has come can be used meanwhile. */
export async function* withPauses(source: Source, afterMs: number): AsyncGenerator<Uint8Array | string> {
  const chunks = source[Symbol.asyncIterator]();
  for (;;) {
    const next = chunks.next();
    if (await isSlow(next, afterMs)) yield NOTHING;
    const { done, value } = await next;
    if (done === true) return;
    yield value;
  }
}

function isSlow(next: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), ms);
    // Whoever is told that reading is over must not wait for this.
    timer.unref();
    const arrived = () => {
      clearTimeout(timer);
      resolve(false);
    };
    next.then(arrived, arrived);
  });
}
