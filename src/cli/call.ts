import type { ChangeOptions } from '../contract/calls';
import { assert } from '../core/errors';

/** What was typed, sorted: the same from either parser. Options are stored under their long names, without dashes. */
export interface Parsed {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | true | readonly string[]>>;
  readonly rest: readonly string[];
}

/** One command as it was called. Reading an option that the command does not declare is a bug in the command. */
export interface Call extends Parsed {
  /** The argument at that place; the parser saw to it that required ones are there. */
  arg(index: number): string;
  /** The option's value, or undefined. */
  text(name: string): string | undefined;
  /** True if the flag was given. */
  has(name: string): boolean;
  /** `true` if the flag was given, else undefined: for requests that leave out what was not asked. */
  flag(name: string): true | undefined;
  /** The values of a list: given several times, or parted by commas (`\,` is a comma). Undefined if not given. */
  values(name: string): readonly string[] | undefined;
  /** `--idempotency-key` and `--dry-run`. */
  change(): ChangeOptions;
}

export function createCall(path: string, parsed: Parsed): Call {
  const text = (name: string): string | undefined => {
    const value = parsed.options[name];
    return typeof value === 'string' ? value : undefined;
  };
  const has = (name: string): boolean => parsed.options[name] === true;
  return {
    ...parsed,
    text,
    has,
    flag: (name) => has(name) || undefined,
    arg(index) {
      const value = parsed.args[index];
      assert(value !== undefined, `${path} has an argument ${index}`);
      return value;
    },
    values(name) {
      const value = parsed.options[name];
      if (value === undefined || value === true) return undefined;
      return (typeof value === 'string' ? [value] : value).flatMap(splitCommas);
    },
    change: () => given({ idempotencyKey: text('idempotency-key'), dryRun: has('dry-run') || undefined }),
  };
}

function splitCommas(text: string): string[] {
  return text.split(/(?<!\\),/).map((part) => part.replaceAll('\\,', ',').trim());
}

type Given<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
};

/** The same fields without those that are undefined: a request says only what was asked. */
export function given<T extends object>(fields: T): Given<T> {
  // The cast states what the filter does; the compiler cannot see it.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
