import type { Parsed } from './call';
import { allOptions } from './options';
import { type CommandSpec, nameOf, type OptionSpec, takesValue } from './spec';

/**
 * Reads the plain case (exact names, values apart, nothing missing, nothing repeated) without loading commander, which
 * costs more than `wallet balance` itself. Whatever it does not recognise it leaves to commander by answering
 * undefined; a property test holds that commander reads the same from whatever this accepts.
 */
export function quickParse(spec: CommandSpec, argv: readonly string[]): Parsed | undefined {
  let known: ReadonlyMap<string, OptionSpec> | undefined; // most calls of some commands have no options
  const args: string[] = [];
  const options: Record<string, string | true | string[]> = {};
  for (let i = 0; i < argv.length; i += 1) {
    const word = argv[i] ?? '';
    if (!word.startsWith('-')) {
      args.push(word);
      continue;
    }
    known ??= optionsByName(spec);
    const option = known.get(word);
    if (option === undefined) return undefined;
    if (!takesValue(option)) {
      options[nameOf(option)] = true;
      continue;
    }
    i += 1;
    if (!store(options, option, argv[i])) return undefined;
  }
  return fits(spec, args, options) ? { args, options, rest: [] } : undefined;
}

function optionsByName(spec: CommandSpec): Map<string, OptionSpec> {
  const known = new Map<string, OptionSpec>();
  for (const option of allOptions(spec)) {
    known.set(`--${nameOf(option)}`, option);
    if (option.short !== undefined) known.set(option.short, option);
  }
  // These two answer before anything is checked; commander knows when.
  for (const name of ['--help', '-h', '--version', '-V']) known.delete(name);
  return known;
}

function store(
  options: Record<string, string | true | string[]>,
  option: OptionSpec,
  value: string | undefined,
): boolean {
  if (value === undefined || value === '' || value.startsWith('-')) return false;
  if (option.choices !== undefined && !option.choices.includes(value)) return false;
  const name = nameOf(option);
  const before = options[name];
  if (before !== undefined && option.repeat === undefined) return false;
  if (option.repeat === undefined) options[name] = value;
  else options[name] = [...(Array.isArray(before) ? before : []), value];
  return true;
}

function fits(spec: CommandSpec, args: readonly string[], options: Parsed['options']): boolean {
  const declared = spec.args ?? [];
  const needed = declared.filter((arg) => arg.optional === undefined).length;
  if (spec.rest !== undefined || args.length < needed || args.includes('')) return false;
  if (args.length > declared.length && declared.at(-1)?.variadic === undefined) return false;
  return allOptions(spec).every((option) => {
    const isGiven = options[nameOf(option)] !== undefined;
    if (!isGiven) return option.required === undefined;
    return (option.conflicts ?? []).every((other) => options[other] === undefined);
  });
}
