import type { WalletService } from '../contract/wallet-service';
import { COMPLETION_SCRIPTS } from './completion-scripts';
import { allOptions, GLOBAL_OPTIONS } from './options';
import { type CommandSpec, findNoun, type Noun, nameOf, type OptionSpec, takesValue } from './spec';
import { cardName } from './wording';

/** A word that fits, and what it is. */
export type Suggestion = readonly [word: string, help: string];

/** Where the names of real things come from; opened only when a word asks for them. */
type OpenWallet = () => Promise<WalletService>;

/**
 * The words that fit in the place of the last one, which may be empty. Names that only the ledger knows are left out
 * where there is no ledger: completion never fails.
 */
export async function complete(
  nouns: readonly Noun[],
  typed: readonly string[],
  open: OpenWallet,
): Promise<readonly Suggestion[]> {
  const words = withoutEquals(typed);
  const start = words.at(-1) ?? '';
  const found = await candidates(nouns, words.slice(0, -1), start, open);
  return found.filter(([word]) => word.startsWith(start)).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Bash parts `--format=csv` at the sign: put together again as two words. */
function withoutEquals(typed: readonly string[]): readonly string[] {
  if (typed.at(-1) === '=') return [...typed.slice(0, -1), ''].filter((word) => word !== '=');
  return typed.filter((word, at) => word !== '=' || !typed[at - 1]?.startsWith('--'));
}

async function candidates(
  nouns: readonly Noun[],
  before: readonly string[],
  start: string,
  open: OpenWallet,
): Promise<readonly Suggestion[]> {
  const awaited = optionBefore(before, GLOBAL_OPTIONS);
  const plain = plainWords(before, GLOBAL_OPTIONS);
  const noun = findNoun(nouns, plain[0] ?? '');
  if (noun === undefined) {
    if (awaited !== undefined) return valuesOf(awaited, open);
    if (plain.length > 0) return [];
    return start.startsWith('-') ? flags(GLOBAL_OPTIONS, before) : nouns.map(({ name, summary }) => [name, summary]);
  }
  const { commands } = await noun.load();
  const spec = specOf(commands, [noun.name, ...plain.slice(1)]);
  if (spec === undefined)
    return awaited === undefined ? nextWords(commands, [noun.name, ...plain.slice(1)]) : valuesOf(awaited, open);
  return withinCommand(spec, before, start, open);
}

/** The command whose path the words begin with. */
function specOf(commands: readonly CommandSpec[], words: readonly string[]): CommandSpec | undefined {
  return commands.find(({ path }) => path.split(' ').every((word, at) => words[at] === word));
}

function nextWords(commands: readonly CommandSpec[], words: readonly string[]): readonly Suggestion[] {
  const found = commands.flatMap(({ path, summary }): Suggestion[] => {
    const parts = path.split(' ');
    const isBelow = words.every((word, at) => parts[at] === word);
    const next = parts[words.length];
    return isBelow && next !== undefined ? [[next, summary]] : [];
  });
  return [...new Map(found).entries()];
}

async function withinCommand(spec: CommandSpec, before: readonly string[], start: string, open: OpenWallet) {
  const options = allOptions(spec);
  const awaited = optionBefore(before, options);
  if (awaited !== undefined) return valuesOf(awaited, open);
  if (start.startsWith('-')) return flags(options, before);
  const place = plainWords(before, options).length - spec.path.split(' ').length;
  const args = spec.args ?? [];
  const last = args.at(-1);
  const arg = args[place] ?? (last?.variadic ? last : undefined);
  if (arg === undefined) return [];
  return live(arg.name === 'id' || arg.name === 'name' ? (spec.path.split(' ')[0] ?? '') : arg.name, open);
}

/** The option that the next word is the value of. */
function optionBefore(before: readonly string[], options: readonly OptionSpec[]): OptionSpec | undefined {
  const last = before.at(-1) ?? '';
  return options.find(
    (option) => takesValue(option) && (last === `--${nameOf(option)}` || (last !== '' && last === option.short)),
  );
}

function plainWords(words: readonly string[], options: readonly OptionSpec[]): readonly string[] {
  return words.filter((word, at) => !word.startsWith('-') && optionBefore(words.slice(0, at), options) === undefined);
}

function flags(options: readonly OptionSpec[], before: readonly string[]): readonly Suggestion[] {
  return options
    .filter((option) => option.repeat === true || !before.includes(`--${nameOf(option)}`))
    .map((option) => [`--${nameOf(option)}`, option.help]);
}

function valuesOf(option: OptionSpec, open: OpenWallet): Promise<readonly Suggestion[]> | readonly Suggestion[] {
  if (option.choices !== undefined) return option.choices.map((word) => [word, option.help]);
  return live(nameOf(option), open);
}

const PERIODS = [
  'today',
  'yesterday',
  'this-week',
  'this-month',
  'this-year',
  'last-month',
  'last-quarter',
  'last-30d',
];

/** What stands for each kind of name, as the ledger has it now. */
const LIVE: Readonly<Record<string, (wallet: WalletService) => Promise<readonly Suggestion[]>>> = {
  app: async ({ catalogue }) => (await catalogue.listApps()).apps.map(({ app, name }) => [app, name]),
  service: async ({ catalogue }) => (await catalogue.listServices()).services.map((each) => [each.service, each.name]),
  card: async ({ cards }) => (await cards.list()).cards.map((card) => [card.id, `${cardName(card)}, ${card.role}`]),
  campaign: async ({ reports }) =>
    (await reports.usage({ by: ['campaign'] })).rows.flatMap(({ campaign }): Suggestion[] =>
      typeof campaign === 'string' ? [[campaign, 'campaign']] : [],
    ),
  org: async ({ organisation }) => (await organisation.list()).orgs.map(({ name, mode }) => [name, mode]),
  purchase: async ({ purchases }) =>
    (await purchases.list({ limit: 20 })).purchases.map((each) => [each.id, `${each.credits} ${each.status}`]),
  hold: async ({ holds }) =>
    (await holds.list({ limit: 20 })).holds.map((each) => [each.id, `${each.credits} ${each.app}`]),
  grant: async ({ credit }) =>
    (await credit.listGrants({ limit: 20 })).grants.map((each) => [each.id, `${each.remaining} ${each.source}`]),
  invoice: async ({ invoices }) =>
    (await invoices.list()).invoices.map((each) => [String(each.number), `${each.total} ${each.status}`]),
  shell: async () => Object.keys(COMPLETION_SCRIPTS).map((word) => [word, 'shell']),
  period: async () => PERIODS.map((word) => [word, 'period']),
};
const SAME: Readonly<Record<string, string>> = { 'replace-with': 'card' };

async function live(kind: string, open: OpenWallet): Promise<readonly Suggestion[]> {
  const name = SAME[kind] ?? kind;
  const read = Object.hasOwn(LIVE, name) ? LIVE[name] : undefined;
  if (read === undefined) return [];
  try {
    return await read(await open());
  } catch {
    return []; // no ledger, no names
  }
}
