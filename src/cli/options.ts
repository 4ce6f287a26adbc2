import { FORMATS } from '../output/formats';
import type { CommandSpec, OptionSpec } from './spec';

/** Understood by every command, before it or after it. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flag: '--json', help: 'print one JSON document' },
  { flag: '--org <name>', help: 'the organisation (WALLET_ORG)' },
  { flag: '--ledger <path>', help: 'SQLite file or postgres:// URL (WALLET_LEDGER)' },
  { flag: '--api <url>', help: 'a wallet server instead of a ledger (WALLET_API_URL)' },
  { flag: '--profile <name>', help: 'settings saved under a name (WALLET_PROFILE)' },
  { flag: '--as <actor>', help: 'who does it, for the audit trail (WALLET_ACTOR)' },
  { flag: '--tz <zone>', help: 'time zone for dates (WALLET_TZ)' },
  { flag: '--color', help: 'colour, whatever the stream' },
  { flag: '--no-color', help: 'no colour' },
  { flag: '--no-input', help: 'never ask anything (WALLET_NO_INPUT)' },
  { flag: '--yes', short: '-y', help: 'answer yes to a confirmation' },
  { flag: '--pager', help: 'show a long answer page by page (WALLET_PAGER)' },
  { flag: '--quiet', short: '-q', help: 'print only the answer or the new id' },
  { flag: '--debug', help: 'show the stack of an unexpected error' },
  { flag: '--help', short: '-h', help: 'show help' },
  { flag: '--version', short: '-V', help: 'show the version' },
];

const KEY_OPTION: OptionSpec = { flag: '--idempotency-key <key>', help: 'do it once, however often it is run' };
const DRY_RUN_OPTION: OptionSpec = { flag: '--dry-run', help: 'say what would happen and do nothing' };

const LIST_OPTIONS: readonly OptionSpec[] = [
  { flag: '--format <format>', help: 'how to print the list', choices: FORMATS },
  { flag: '--output <file>', short: '-o', help: 'write to a file, whole or not at all' },
  { flag: '--force', help: 'overwrite the file' },
  { flag: '--bom', help: 'begin CSV with a byte order mark, for Excel' },
];

const DOCUMENT_OPTIONS: readonly OptionSpec[] = LIST_OPTIONS.map((option) =>
  option.choices === undefined ? option : { ...option, choices: [...FORMATS, 'pdf'] },
);

const PAGE_OPTIONS: readonly OptionSpec[] = [
  { flag: '--limit <n>', help: 'rows at most, 1 to 1000000', conflicts: ['all'] },
  { flag: '--cursor <cursor>', help: 'go on where "next" of the last page said' },
  { flag: '--all', help: 'all rows, on a terminal too' },
];

/** What the command itself takes, beyond the global options. */
export function ownOptions(spec: CommandSpec): readonly OptionSpec[] {
  return [
    ...(spec.options ?? []),
    ...(spec.kind === 'change' || spec.keyed !== undefined ? [KEY_OPTION] : []),
    ...(spec.kind === 'change' && spec.dryRun !== false ? [DRY_RUN_OPTION] : []),
    ...(spec.list ? (spec.document ? DOCUMENT_OPTIONS : LIST_OPTIONS) : []),
    ...(spec.list === 'paged' ? PAGE_OPTIONS : []),
  ];
}

/** Everything the command understands. */
export function allOptions(spec: CommandSpec): readonly OptionSpec[] {
  return [...ownOptions(spec), ...GLOBAL_OPTIONS];
}
