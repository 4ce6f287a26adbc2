import type { Reading } from './commander-parse';
import { NOUNS } from './nouns';
import { GLOBAL_OPTIONS } from './options';
import { quickParse } from './quick-parse';
import { type CommandSpec, findNoun, type Noun, nameOf, takesValue } from './spec';

/** What a line came to. */
export type Route =
  | { readonly kind: 'version' }
  | { readonly kind: 'help'; readonly noun?: Noun; readonly commands?: readonly CommandSpec[] }
  | { readonly kind: 'call'; readonly spec: CommandSpec; readonly parsed: Exclude<Reading, string> };

const SHORT_FLAGS = /^-[yqhV]+$/;
/** A word that more commands than these end in says nothing. */
const MOST_GUESSES = 3;
const END = -1;
const LOST = -2;

/** Finds the command that the line names and reads its arguments. Throws `invalid_usage`. */
export async function route(argv: readonly string[]): Promise<Route> {
  const nounAt = nextWord(argv, 0);
  const noun = findNoun(NOUNS, argv[nounAt] ?? '');
  if (noun === undefined) return withoutCommand(argv, nounAt, 'wallet', NOUNS.map(namesOf));
  const { commands } = await noun.load();
  const afterNoun = argv.filter((_, at) => at !== nounAt);
  const alone = commands.find((spec) => spec.path === noun.name);
  if (alone !== undefined) return read(noun, alone, afterNoun);
  return findVerb({ noun, commands }, noun.name, afterNoun, nounAt);
}

/** The command by its next word; where several commands share that word (`billing account set`), by the one after it. */
async function findVerb(
  found: { noun: Noun; commands: readonly CommandSpec[] },
  parent: string,
  argv: readonly string[],
  from: number,
): Promise<Route> {
  const at = nextWord(argv, from);
  const path = `${parent} ${argv[at]}`;
  const rest = argv.filter((_, place) => place !== at);
  const spec = found.commands.find((candidate) => candidate.path === path);
  if (spec !== undefined) return read(found.noun, spec, rest);
  const isGroup = found.commands.some((candidate) => candidate.path.startsWith(`${path} `));
  if (at >= 0 && isGroup) return findVerb(found, path, rest, at);
  const below = found.commands.filter((candidate) => candidate.path.startsWith(`${parent} `));
  const verbs = new Set(below.map((candidate) => candidate.path.slice(parent.length + 1).split(' ')[0] ?? ''));
  const names = [...verbs].map((verb) => [verb]);
  return withoutCommand(argv, at, `wallet ${parent}`, names, found);
}

function namesOf({ name, aliases }: Noun): readonly string[] {
  return [name, ...aliases];
}

/** The place of the next word that is neither a global option nor its value: END if none is left, LOST after an unknown option. */
function nextWord(argv: readonly string[], from: number): number {
  for (let at = from; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (!word.startsWith('-')) return at;
    if (SHORT_FLAGS.test(word)) continue;
    const name = word.split('=')[0];
    const option = GLOBAL_OPTIONS.find((candidate) => `--${nameOf(candidate)}` === name);
    if (option === undefined) return LOST;
    if (!takesValue(option) || word.includes('=')) continue;
    at += 1;
    if (at >= argv.length) return LOST; // its value is missing
  }
  return END;
}

async function read(noun: Noun, spec: CommandSpec, argv: readonly string[]): Promise<Route> {
  const cut = spec.rest === undefined ? -1 : argv.indexOf('--');
  const own = cut === -1 ? argv : argv.slice(0, cut);
  const reading = quickParse(spec, own) ?? (await readCarefully(spec, own, cut === -1 ? [] : argv.slice(cut + 1)));
  if (reading === 'version') return { kind: 'version' };
  if (reading === 'help') return { kind: 'help', noun, commands: [spec] };
  return { kind: 'call', spec, parsed: reading };
}

async function readCarefully(spec: CommandSpec, own: readonly string[], rest: readonly string[]): Promise<Reading> {
  const { commanderParse } = await import('./commander-parse');
  return commanderParse(spec, own, rest);
}

/** A line of global options alone asks for help or the version; anything else is a fault for commander to explain. */
async function withoutCommand(
  argv: readonly string[],
  at: number,
  parent: string,
  names: readonly (readonly string[])[],
  found: { noun?: Noun; commands?: readonly CommandSpec[] } = {},
): Promise<Route> {
  if (at === END && holds(argv, '--version', 'V')) return { kind: 'version' };
  if (at === END && (holds(argv, '--help', 'h') || !argv.includes('--json'))) return { kind: 'help', ...found };
  const { explainUnknown } = await import('./commander-parse');
  throw explainUnknown(names, argv, parent, found.noun === undefined ? await pathsEndingIn(argv[at]) : []);
}

/** Commands of any noun that end in that word: `statement` for `report statement`. None where it is one of too many. */
async function pathsEndingIn(word: string | undefined): Promise<readonly string[]> {
  const loaded = await Promise.all(NOUNS.map((noun) => noun.load()));
  const paths = loaded.flatMap(({ commands }) => commands).map(({ path }) => path);
  const ending = paths.filter((path) => path.endsWith(` ${word}`));
  return ending.length > MOST_GUESSES ? [] : ending;
}

function holds(argv: readonly string[], long: string, short: string): boolean {
  return argv.some((word) => word === long || (SHORT_FLAGS.test(word) && word.includes(short)));
}
