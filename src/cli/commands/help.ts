import { WalletError } from '../../core/errors';
import { nearest } from '../../core/text';
import type { Cli } from '../cli';
import { renderHelp } from '../help';
import { type CommandSpec, findNoun, type Noun } from '../spec';
import { TOPICS } from '../topics';

/** The one command that has to know all the others. */
export function helpCommand(nouns: readonly Noun[]): CommandSpec {
  return {
    path: 'help',
    summary: 'help on a command or a topic',
    details: `Topics: ${Object.keys(TOPICS).join(', ')}.`,
    args: [{ name: 'words', help: 'a command such as "card add", or a topic', optional: true, variadic: true }],
    options: [{ flag: '--man', help: 'the manual page of all commands, for man' }],
    examples: [
      { command: 'wallet help card add', says: 'one command' },
      { command: 'wallet help statuses', says: 'what the exit statuses mean' },
      { command: 'wallet help --man', says: 'wallet help --man | man -l -' },
    ],
    kind: 'local',
    async run(call, cli) {
      const text = call.has('man') ? await manualPage(nouns, cli) : await helpOn(nouns, call.args);
      return cli.show({ help: text }, () => text);
    },
  };
}

async function manualPage(nouns: readonly Noun[], cli: Cli): Promise<string> {
  const { renderManual } = await import('../manual');
  return renderManual(nouns, cli.world.version);
}

async function helpOn(nouns: readonly Noun[], words: readonly string[]): Promise<string> {
  const [first, ...verb] = words;
  if (first === undefined) return renderHelp(nouns);
  if (first === 'topics')
    return `${Object.keys(TOPICS)
      .map((name) => `wallet help ${name}\n`)
      .join('')}`;
  const topic = Object.hasOwn(TOPICS, first) ? TOPICS[first] : undefined;
  if (topic !== undefined) return topic();
  const noun = findNoun(nouns, first);
  if (noun === undefined) throw unknown(first, [...nouns.map(({ name }) => name), ...Object.keys(TOPICS)]);
  const { commands: specs } = await noun.load();
  if (verb.length === 0) return renderHelp(nouns, noun, specs);
  const path = [noun.name, ...verb].join(' ');
  const spec = specs.find((candidate) => candidate.path === path);
  if (spec === undefined)
    throw unknown(
      path,
      specs.map((candidate) => candidate.path),
    );
  return renderHelp(nouns, noun, [spec]);
}

function unknown(words: string, known: readonly string[]): WalletError {
  const guess = nearest(words, known);
  return new WalletError('invalid_usage', `there is no help on "${words}"`, {
    why: 'it is neither a command nor a topic',
    hint: guess === undefined ? 'wallet help' : `did you mean: wallet help ${guess}`,
  });
}
