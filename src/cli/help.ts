import { GLOBAL_OPTIONS, ownOptions } from './options';
import { type CommandSpec, type Example, type Noun, type OptionSpec, usageOf } from './spec';

const WIDTH = 80;
/** Wider left columns than this push their help to the next line. */
const WIDEST_LEFT = 28;

const TOP_EXAMPLES: readonly Example[] = [
  { command: 'wallet init --org acme', says: 'a first organisation, with play money' },
  { command: 'wallet buy 100', says: 'buy 100.00 credits with the primary card' },
  { command: 'wallet usage record --app crm --service sms --quantity 250', says: 'spend some' },
  { command: 'wallet transactions --period last-month -o october.csv', says: 'for the accountant' },
];

/** Help on everything, on one noun, or on one command: from the same data that the parsers read. */
export function renderHelp(nouns: readonly Noun[], noun?: Noun, commands?: readonly CommandSpec[]): string {
  if (noun === undefined || commands === undefined) return topHelp(nouns);
  const [only] = commands;
  return commands.length === 1 && only !== undefined ? commandHelp(only) : nounHelp(noun, commands);
}

function topHelp(nouns: readonly Noun[]): string {
  const groups = [...new Set(nouns.map(({ group }) => group))];
  return sections([
    'Prepaid credits for your organisation: buy them, spend them, prove every one.',
    'Usage: wallet <command> [options]',
    examples(TOP_EXAMPLES),
    ...groups.map((group) =>
      titled(
        group,
        nouns.filter((noun) => noun.group === group).map(({ name, summary }) => [name, summary]),
      ),
    ),
    titled('Options', GLOBAL_OPTIONS.map(optionRow)),
    'More: wallet <command> --help, and wallet help with one of these topics:\n      statuses, amounts, periods, money, plans, environment',
  ]);
}

function nounHelp({ name, aliases, summary }: Noun, commands: readonly CommandSpec[]): string {
  const rows = commands.map((spec): Row => [usageOf(spec).slice(name.length + 1), spec.summary]);
  return sections([
    sentence(summary),
    `Usage: wallet ${name} <command> [options]`,
    examples(commands.flatMap((spec) => spec.examples.slice(0, 1))),
    titled('Commands', rows),
    ...(aliases.length > 0 ? [`Also: ${aliases.map((alias) => `wallet ${alias}`).join(', ')}`] : []),
    `More: wallet ${name} <command> --help`,
  ]);
}

/** Help on one command. */
export function commandHelp(spec: CommandSpec): string {
  const own = ownOptions(spec);
  const args = [...(spec.args ?? []), ...(spec.rest === undefined ? [] : [spec.rest])];
  return sections([
    sentence(spec.summary),
    wrap(`Usage: wallet ${usageOf(spec)} [options]${restUsage(spec)}`, 0).join('\n'),
    ...(spec.details === undefined ? [] : [wrap(spec.details, 0).join('\n')]),
    examples(spec.examples),
    ...(args.length === 0
      ? []
      : [
          titled(
            'Arguments',
            args.map(({ name, help }) => [name.toUpperCase(), help]),
          ),
        ]),
    ...(own.length === 0 ? [] : [titled('Options', own.map(optionRow))]),
    everywhere(),
  ]);
}

/** By name only: written out, they would push what is the command's own off a small screen. */
function everywhere(): string {
  const names = GLOBAL_OPTIONS.map(({ flag, short }) => {
    const [name = ''] = flag.split(' ');
    return short === undefined ? name : `${short}/${name}`;
  });
  return wrap(`Everywhere: ${names.join(', ')} (what they do: wallet --help)`, 0).join('\n');
}

function restUsage({ rest }: CommandSpec): string {
  return rest === undefined ? '' : ` -- ${rest.name.toUpperCase()}…`;
}

type Row = readonly [left: string, right: string];

function optionRow({ flag, short, help, choices, required }: OptionSpec): Row {
  const left = short === undefined ? flag : `${short}, ${flag}`;
  const facts = [
    help,
    ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
    ...(required ? ['required'] : []),
  ];
  return [left, facts.join('; ')];
}

function examples(list: readonly Example[]): string {
  const lines = list.flatMap(({ command, says }) => [`  # ${says}`, `  $ ${command}`]);
  return ['Examples:', ...lines].join('\n');
}

function titled(title: string, rows: readonly Row[]): string {
  const left = Math.min(WIDEST_LEFT, Math.max(...rows.map(([text]) => text.length)));
  const lines = rows.flatMap(([text, help]) => {
    const [first = '', ...more] = wrap(help, left + 4);
    const rest = more.map((line) => ' '.repeat(left + 4) + line);
    if (text.length > left) return [`  ${text}`, ' '.repeat(left + 4) + first, ...rest];
    return [`  ${text.padEnd(left)}  ${first}`.trimEnd(), ...rest];
  });
  return [`${title}:`, ...lines].join('\n');
}

/** Lines of at most 80 columns, the first `indent` of which are somebody else's. */
function wrap(text: string, indent: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

function sections(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}
