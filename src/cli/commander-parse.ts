import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { WalletError } from '../core/errors';
import type { Parsed } from './call';
import { allOptions, GLOBAL_OPTIONS } from './options';
import { type CommandSpec, nameOf, type OptionSpec, takesValue, usageOf } from './spec';

/** `help` and `version` win over every other fault of the line, as people expect of them. */
export type Reading = Parsed | 'help' | 'version';

const ANSWERED_FIRST: ReadonlySet<string> = new Set(['help', 'version']);

/** What a fault can say of the command that was meant. */
interface Use {
  readonly command: string;
  readonly usage: string;
}

interface Collector {
  readonly values: Record<string, string | true | string[]>;
  /** Every flag of the command: none of them can be the value of another. */
  readonly flags: ReadonlySet<string>;
}

/** Reads a command's own words and flags. The authority: what it refuses is `invalid_usage`, with its did-you-mean. */
export function commanderParse(spec: CommandSpec, argv: readonly string[], rest: readonly string[] = []): Reading {
  const options = allOptions(spec);
  const collector: Collector = { values: {}, flags: new Set(options.flatMap(flagsOf)) };
  const command = quiet(new Command(spec.path)).helpOption('-h, --help').version('-', '-V, --version');
  for (const arg of spec.args ?? []) command.argument(argumentSyntax(arg.name, arg.optional, arg.variadic), arg.help);
  for (const option of options) {
    if (!ANSWERED_FIRST.has(nameOf(option))) addOption(command, option, collector);
  }
  command.action(() => undefined);
  const use = { command: `wallet ${spec.path}`, usage: `it is used like this: wallet ${usageOf(spec)} [options]` };
  const ended = refuseFaults(() => command.parse([...argv], { from: 'user' }), use);
  if (ended !== undefined) return ended;
  if (command.args.includes('')) throw misused('an argument is empty', use);
  return { args: command.args, options: collector.values, rest };
}

/** Explains a line that names no command: commander finds the fault and what was probably meant. */
export function explainUnknown(
  names: readonly (readonly string[])[],
  argv: readonly string[],
  parent: string,
  paths: readonly string[] = [],
): WalletError {
  const use = { command: parent, usage: `${parent} has no such command or option; nothing was changed` };
  const root = quiet(new Command(parent)).helpOption(false).helpCommand(false);
  // `command()` and not `addCommand()`: only the former hands down exitOverride, without which commander ends the process.
  for (const [name = '', ...aliases] of names) root.command(name).aliases(aliases);
  for (const option of GLOBAL_OPTIONS) addOption(root, option, { values: {}, flags: new Set() });
  try {
    refuseFaults(() => root.parse([...argv], { from: 'user' }), use);
  } catch (fault) {
    if (fault instanceof WalletError && paths.length > 0)
      return misused(fault.message, use, { guess: `did you mean ${paths.join(' or ')}?` });
    if (fault instanceof WalletError) return withBeginning(fault, names.flat(), argv, parent);
    throw fault;
  }
  return misused('no command was given', use, { why: `what to do was not said: ${parent} COMMAND` });
}

/** Commander guesses at slips of the finger; a word that was only begun (`bal`) is meant as well. */
function withBeginning(fault: WalletError, names: readonly string[], argv: readonly string[], parent: string) {
  const begun = argv.find((word) => !word.startsWith('-')) ?? '';
  const [meant, ...others] = names.filter((name) => begun.length > 1 && name.startsWith(begun));
  if (meant === undefined || others.length > 0 || fault.hint?.startsWith('did you mean')) return fault;
  return misused(fault.message, { command: parent, usage: fault.why ?? '' }, { guess: `did you mean ${meant}?` });
}

function quiet(command: Command): Command {
  return command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
}

function argumentSyntax(name: string, optional?: true, variadic?: true): string {
  const inner = variadic ? `${name}...` : name;
  return optional ? `[${inner}]` : `<${inner}>`;
}

function flagsOf(option: OptionSpec): string[] {
  const long = `--${nameOf(option)}`;
  return option.short === undefined ? [long] : [long, option.short];
}

function addOption(command: Command, spec: OptionSpec, collector: Collector): void {
  const name = nameOf(spec);
  const option = new Option(spec.short === undefined ? spec.flag : `${spec.short}, ${spec.flag}`, spec.help);
  if (spec.required) option.makeOptionMandatory();
  if (spec.conflicts) option.conflicts(spec.conflicts.map(camelCase));
  if (takesValue(spec)) option.argParser((value) => collect(collector, spec, value));
  command.addOption(option);
  if (!takesValue(spec)) {
    command.on(`option:${name}`, () => {
      collector.values[name] = true;
    });
  }
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function collect({ values, flags }: Collector, spec: OptionSpec, value: string): string | string[] {
  const name = nameOf(spec);
  const before = values[name];
  if (value === '') throw new InvalidArgumentError('It is empty.');
  if (flags.has(value)) throw new InvalidArgumentError(`The value is missing: ${value} is an option.`);
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    throw new InvalidArgumentError(`Allowed choices are ${spec.choices.join(', ')}.`);
  }
  if (spec.repeat === undefined) {
    if (before !== undefined) throw new InvalidArgumentError('It can be given only once.');
    values[name] = value;
    return value;
  }
  const all = [...(Array.isArray(before) ? before : []), value];
  values[name] = all;
  return all;
}

function refuseFaults(parse: () => unknown, use: Use): 'help' | 'version' | undefined {
  try {
    parse();
    return undefined;
  } catch (fault) {
    if (!(fault instanceof CommanderError)) throw fault;
    if (fault.code === 'commander.helpDisplayed') return 'help';
    if (fault.code === 'commander.version') return 'version';
    if (fault.code === 'commander.help') return undefined; // its way to say that no command was named
    throw fromCommander(fault, use);
  }
}

/** The words around what was typed are commander's; what was typed may hold anything, full stops and lines included. */
function fromCommander(fault: CommanderError, use: Use): WalletError {
  const text = fault.message.replace(/^error: /, '');
  const guess = /\n\(([Dd]id you mean [^\n]*\?)\)$/.exec(text)?.[1];
  const plain = guess === undefined ? text : text.slice(0, -guess.length - 3);
  const [, what, why] = /^([\s\S]*' is invalid)\. ([\s\S]*)$/.exec(plain) ?? [undefined, plain, ''];
  return misused(lowerFirst(what ?? plain), use, { guess: lowerFirst(guess ?? ''), why: lowerFirst(why ?? '') });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
}

function misused(message: string, { command, usage }: Use, more: { guess?: string; why?: string } = {}): WalletError {
  return new WalletError('invalid_usage', message, {
    why: more.why || usage,
    hint: more.guess ? `${more.guess} (${command} --help)` : `${command} --help`,
  });
}
