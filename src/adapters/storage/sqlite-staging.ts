import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Database, openDatabase } from './sqlite-engine';
import type { RowsImage } from './sqlite-image';
import { PAGE } from './sqlite-image-pages';

/** The engine takes ten at most. */
const MOST = 8;
/** It is read once, from its first page to its last. */
const PAGES_KEPT = 10;
const LEFT_OVER_MS = 3_600_000;
let made = 0;

/** Files of rows that stand beside the ledger's while a transaction takes them in. */
export class Staging {
  readonly #database: Database;
  readonly #file: string;
  readonly #frames = new Map<number, Uint8Array>();
  #attached: string[] = [];
  #bytes = 0;

  constructor(database: Database, file: string) {
    this.#database = database;
    this.#file = file;
  }

  /** Whether this transaction can take in one more. */
  get hasRoom(): boolean {
    return this.#attached.length < MOST;
  }

  /** How much this transaction has taken in. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Makes the rows a table of the connection until `clear`. Answers its name. */
  attach(image: RowsImage, width: number): string {
    const name = `staged${this.#attached.length}`;
    if (made === 0) removeLeftOver(`${this.#file}-rows-`);
    made += 1;
    const path = `${this.#file}-rows-${process.pid}-${made}`;
    try {
      writeNew(path, image.finish(this.#frame(width)));
      this.#database.prepare(`ATTACH ? AS ${name}`).run(path);
      this.#database.exec(`PRAGMA ${name}.cache_size = ${PAGES_KEPT}`);
      this.#attached.push(name);
      this.#bytes += image.length;
    } finally {
      // The engine has it open; it goes with the process, whatever ends that.
      rmSync(path, { force: true });
    }
    return `${name}.rows`;
  }

  /** Lets go of what the transaction took in. It has to have ended. */
  clear(): void {
    for (const name of this.#attached) this.#database.exec(`DETACH ${name}`);
    this.#attached = [];
    this.#bytes = 0;
  }

  #frame(width: number): Uint8Array {
    const frame = this.#frames.get(width) ?? emptyTable(width);
    this.#frames.set(width, frame);
    return frame;
  }
}

/** The file of a table without rows, as the engine makes it. */
export function emptyTable(width: number): Uint8Array {
  const database = openDatabase(':memory:', { timeoutMs: 0 });
  const columns = Array.from({ length: width }, (_, at) => `c${at}`).join(', ');
  database.exec(`PRAGMA page_size = ${PAGE}; CREATE TABLE rows (${columns})`);
  const file = database.serialize();
  database.close();
  return file;
}

/** Files that a process left which was killed while it wrote them. Whoever writes one now is done within seconds. */
function removeLeftOver(start: string): void {
  const folder = dirname(start);
  for (const name of readdirSync(folder).filter((each) => each.startsWith(basename(start)))) {
    const path = join(folder, name);
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - written > LEFT_OVER_MS) rmSync(path, { force: true });
  }
}

function writeNew(path: string, bytes: Uint8Array): void {
  rmSync(path, { force: true });
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
  } finally {
    closeSync(descriptor);
  }
}
