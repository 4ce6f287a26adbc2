// The text of docs/reference.md, from the same declarations that the parsers and the help read.
import { NOUNS } from '../src/cli/nouns';
import { GLOBAL_OPTIONS, ownOptions } from '../src/cli/options';
import { type CommandSpec, type Noun, type OptionSpec, usageOf } from '../src/cli/spec';
import { TOPICS } from '../src/cli/topics';

interface LoadedNoun extends Noun {
  readonly commands: readonly CommandSpec[];
}

/** The whole page. Ends with a line feed. */
export async function renderReference(): Promise<string> {
  const nouns = await Promise.all(NOUNS.map(async (noun) => ({ ...noun, commands: (await noun.load()).commands })));
  return `${[
    '# Reference',
    'Made from the program by `npm run docs`, and held to it by a test. `wallet help COMMAND` says the same.',
    ...overview(nouns),
    '## Everywhere',
    'Every command takes these, before its words or after them.',
    GLOBAL_OPTIONS.map(optionBullet).join('\n'),
    ...nouns.flatMap(nounSection),
    ...Object.values(TOPICS).map((topic) => topicSection(topic())),
  ].join('\n\n')}\n`;
}

function overview(nouns: readonly LoadedNoun[]): readonly string[] {
  const groups = [...new Set(nouns.map(({ group }) => group))];
  const rows = groups.flatMap((group) =>
    nouns
      .filter((noun) => noun.group === group)
      .map(({ name, summary }, index) => `| ${index === 0 ? group : ''} | [\`${name}\`](#${name}) | ${summary} |`),
  );
  return [['| | command | what for |', '| --- | --- | --- |', ...rows].join('\n')];
}

function nounSection({ name, summary, aliases, commands }: LoadedNoun): readonly string[] {
  const also = aliases.length === 0 ? '' : ` Also: ${aliases.map((alias) => `\`${alias}\``).join(', ')}.`;
  return [`## ${name}`, `${sentence(summary)}${also}`, ...commands.flatMap((spec) => commandSection(spec, name))];
}

/** A command that is all of its noun needs no heading of its own. */
function commandSection(spec: CommandSpec, noun: string): readonly string[] {
  const args = [...(spec.args ?? []), ...(spec.rest === undefined ? [] : [spec.rest])];
  const options = ownOptions(spec);
  return [
    ...(spec.path === noun ? [] : [`### ${spec.path}`, sentence(spec.summary)]),
    fenced(`wallet ${usageOf(spec)} [options]${spec.rest === undefined ? '' : ` -- ${spec.rest.name.toUpperCase()}…`}`),
    ...(spec.details === undefined ? [] : [spec.details]),
    ...(args.length + options.length === 0
      ? []
      : [[...args.map(argumentBullet), ...options.map(optionBullet)].join('\n')]),
    fenced(spec.examples.map(({ command, says }) => `# ${says}\n$ ${command}`).join('\n')),
  ];
}

function argumentBullet({ name, help }: { readonly name: string; readonly help: string }): string {
  return `- \`${name.toUpperCase()}\`: ${help}`;
}

function optionBullet({ flag, short, help, choices, required, repeat, conflicts }: OptionSpec): string {
  const facts = [
    ...(choices === undefined ? [] : [`one of ${choices.map((choice) => `\`${choice}\``).join(', ')}`]),
    ...(required ? ['required'] : []),
    ...(repeat ? ['may be repeated'] : []),
    ...(conflicts === undefined ? [] : [`not beside ${conflicts.map((name) => `\`--${name}\``).join(', ')}`]),
  ];
  const names = short === undefined ? `\`${flag}\`` : `\`${short}\`, \`${flag}\``;
  return `- ${names}: ${[help, ...facts].join('; ')}`;
}

function topicSection(text: string): string {
  const [title = '', ...lines] = text.trimEnd().split('\n');
  return `## ${title}\n\n${fenced(lines.join('\n').trim())}`;
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}
