import type { Call } from './call';
import type { Cli } from './cli';

/** A positional argument. Required unless `optional`. */
interface ArgumentSpec {
  readonly name: string;
  readonly help: string;
  readonly optional?: true;
  /** Takes all that is left. Only the last argument may. */
  readonly variadic?: true;
}

/** `flag` is the long form with its value, if it takes one: `--memo <text>`, `--yes`, `--no-wait`. */
export interface OptionSpec {
  readonly flag: string;
  readonly short?: string;
  readonly help: string;
  readonly choices?: readonly string[];
  /** May be given several times; any other option with a value may not. */
  readonly repeat?: true;
  readonly required?: true;
  /** Long names without dashes that cannot stand beside it. */
  readonly conflicts?: readonly string[];
}

export interface Example {
  readonly command: string;
  readonly says: string;
}

/** One command, as data: the parsers, the help, the reference pages and the completion all read this. */
export interface CommandSpec {
  /** `card add`, or just `buy`. */
  readonly path: string;
  readonly summary: string;
  readonly details?: string;
  readonly args?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  readonly examples: readonly Example[];
  /** `change` takes `--idempotency-key` and `--dry-run`; `local` changes nothing in a ledger. */
  readonly kind: 'read' | 'change' | 'local';
  /**
   * Changes settings, or copies and moves whole ledgers: takes `--idempotency-key` as well, which `local-keys.ts` minds.
   * With `ledger` the ledger in use and its files belong to what is asked for.
   */
  readonly keyed?: 'settings' | 'ledger';
  /** False where a change cannot be tried without doing it. */
  readonly dryRun?: false;
  /** Takes money from a card or gives it back: asks first, or needs `--yes`. */
  readonly spends?: true;
  /** Answers a list: `--format`, `--output`, `--force`, and where it has pages `--limit`, `--cursor`, `--all`. */
  readonly list?: 'paged' | 'whole';
  /** A list that can be a PDF document as well. */
  readonly document?: true;
  /** What follows `--` belongs to another program and is not looked at. */
  readonly rest?: ArgumentSpec;
  /** Reads what is asked for and must not stand on the line: part of what an idempotency key stands for. */
  secret?(call: Call, cli: Cli): Promise<string | undefined>;
  /** Runs it, with its secret if it has one, and answers the exit status. */
  run(call: Call, cli: Cli, secret?: string): Promise<number>;
}

/** A first word. Its commands are loaded only when it was typed. */
export interface Noun {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly group: 'Money' | 'Spending' | 'Records' | 'System';
  load(): Promise<{ readonly commands: readonly CommandSpec[] }>;
}

/** The noun with that name or alias. */
export function findNoun(nouns: readonly Noun[], word: string): Noun | undefined {
  return nouns.find((candidate) => candidate.name === word || candidate.aliases.includes(word));
}

/** The long name without dashes: what the flag's value is stored under. */
export function nameOf(option: OptionSpec): string {
  return (option.flag.split(' ')[0] ?? '').slice(2);
}

/** Whether the option is followed by a value. */
export function takesValue(option: OptionSpec): boolean {
  return option.flag.includes(' ');
}

/** `card show ID`: the words of the command and its arguments. */
export function usageOf(spec: CommandSpec): string {
  return [spec.path, ...(spec.args ?? []).map(argumentUsage)].join(' ');
}

function argumentUsage({ name, optional, variadic }: ArgumentSpec): string {
  const word = `${name.toUpperCase()}${variadic ? '…' : ''}`;
  return optional ? `[${word}]` : word;
}
