import type { FileColumn } from '../input/columns';
import { createObjectRejectsWriter, createRejectsWriter, type RejectedRow } from '../input/rejects';
import { openSink } from '../output/streams';
import type { Call } from './call';

interface Rejected {
  readonly reject: RejectedRow;
  readonly values: Readonly<Partial<Record<string, string>>>;
}

export interface RejectsFile {
  add(rows: readonly Rejected[]): Promise<void>;
  /** Puts the file in its place, unless nothing was rejected: no rejects, no file. */
  end(rejected: number): Promise<void>;
  abort(): Promise<void>;
}

/** The file that `--rejects` names, refused before the import starts if it is there already. */
export async function openRejects(
  call: Call,
  columns: readonly FileColumn<string>[],
): Promise<RejectsFile | undefined> {
  const path = call.text('rejects');
  if (path === undefined) return undefined;
  const sink = await openSink(path, { force: call.has('force') });
  // By its name, as an import will read it: the mended file goes in as it stands.
  const writer = /\.(ndjson|jsonl)$/i.test(path) ? createObjectRejectsWriter(columns) : createRejectsWriter(columns);
  let isStarted = false;
  return {
    async add(rows) {
      if (!isStarted) await sink.write(writer.header);
      isStarted = true;
      await sink.write(rows.map(({ reject, values }) => writer.line(reject, values)).join(''));
    },
    end: (rejected) => (rejected === 0 ? sink.abort() : sink.end()),
    abort: () => sink.abort(),
  };
}
