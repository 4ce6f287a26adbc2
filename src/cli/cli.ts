import type { Organisation } from '../contract/organisation';
import type { WalletService } from '../contract/wallet-service';
import type { Calendar } from '../core/time';
import type { Styles } from '../output/colour';
import { escapeControl, escapeControlInJson } from '../output/escape';
import type { Fact } from '../output/facts';
import type { Sink } from '../output/sink';
import type { Call } from './call';
import { createAnswerSink, writeDirectly } from './descriptors';
import { type Asker, createAsker } from './prompt';
import { redact } from './secrets';
import type { Signals } from './signals';
import type { Settings, World } from './world';

/** Text that is escaped already, and may hold the codes of colours. */
export interface Styled {
  readonly styled: string;
}

/** Plain text is escaped line by line before a terminal gets it. */
type Human = string | Styled;

/** What a command works with. Everything is opened when it is first asked for, so that help opens nothing. */
export interface Cli {
  readonly world: World;
  readonly signals: Signals;
  readonly ask: Asker;
  /** Settled on first use: flag, environment, profile, configuration file, default. */
  readonly settings: Settings;
  readonly stdout: Sink;
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  wallet(): Promise<WalletService>;
  /** The organisation in use, asked for once. */
  organisation(): Promise<Organisation>;
  /** The calendar of `--tz`, else of the organisation. */
  calendar(): Promise<Calendar>;
  /** Writes an RFC 3339 time as a clock in that zone shows it. */
  clock(): Promise<(time: string) => string>;
  styles(stream?: 'stdout' | 'stderr'): Promise<Styles>;
  /**
   * The answer to a command on one object: the JSON document, the bare id under `--quiet`, or the human text. Answers
   * status 0, so that a command can end with it.
   */
  show(result: object, human: () => Human | Promise<Human>, id?: string): Promise<0>;
  /** One object for people, a fact a line. */
  facts(pairs: readonly Fact[]): Promise<Styled>;
  /** A line on stderr; silent under `--quiet` and `--json`. */
  note(text: string): void;
  /** A line on stderr for programs: as it is. */
  log(line: string): void;
  /** A line on stderr that nothing silences. */
  warn(text: string): void;
  /** Runs another command line, as if it had been typed, and answers its status. */
  again(argv: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

export function createCli(world: World, call: Call, signals: Signals, again: Cli['again']): Cli {
  const isJson = call.has('json') || call.text('format') === 'json';
  const isQuiet = call.has('quiet');
  let settings: Settings | undefined;
  let opened: Promise<WalletService> | undefined;
  let organisation: Promise<Organisation> | undefined;
  const colourFlag = call.has('no-color') ? false : call.has('color') || undefined;

  let movedTo: string | undefined;
  const warnOfMove = (place: string) => {
    if (movedTo === undefined) cli.warn(`warning: this ledger was moved to ${place}, and has stood still since then`);
    movedTo = place;
  };

  const cli: Cli = {
    world,
    signals,
    isJson,
    isQuiet,
    ask: createAsker(world, { yes: call.has('yes'), noInput: call.has('no-input') }),
    get settings() {
      settings ??= world.resolveSettings(settingFlags(call));
      return settings;
    },
    stdout: createAnswerSink(async () => {
      const { createStreamSink } = await import('../output/streams');
      return createStreamSink(world.stdout);
    }),
    wallet: () => (opened ??= world.openWallet(cli.settings, signals.underWay, warnOfMove)),
    organisation: () => (organisation ??= cli.wallet().then(async (wallet) => (await wallet.organisation.show()).org)),
    calendar: async () => world.openCalendar(cli.settings.tz.value ?? (await cli.organisation()).timeZone),
    clock: async () => {
      const { createClock } = await import('./clock');
      return createClock(await cli.calendar());
    },
    styles: async (name = 'stdout') => {
      const { colourLevel, createStyles } = await import('../output/colour');
      return createStyles(colourLevel(world[name], world.env, colourFlag));
    },
    show: async (result, human, id) => {
      if (isJson) await cli.stdout.write(jsonDocument(result));
      else if (isQuiet && id !== undefined) await cli.stdout.write(`${id}\n`);
      else await cli.stdout.write(`${provenance(result)}${shown(await human())}`);
      return 0;
    },
    facts: async (pairs) => {
      const { renderFacts } = await import('../output/facts');
      return { styled: renderFacts(pairs, { styles: await cli.styles() }) };
    },
    note: (text) => {
      if (!isJson && !isQuiet) cli.warn(text);
    },
    log: (line) => tell(world, `${line}\n`),
    again,
    warn: (text) => tell(world, `${escapeControl(redact(text))}\n`),
    close: async () => {
      // A wallet that failed to open has nothing to close, and has said why already.
      const wallet = await opened?.catch(() => undefined);
      await wallet?.close();
    },
  };
  return cli;
}

/** Text on stderr, however it is closed or blocked: nobody reading the notes is no reason to stop. */
export function tell(world: World, text: string): void {
  if (writeDirectly('stderr', text) === 'later') world.stderr.write(text);
}

function settingFlags(call: Call): Record<string, string> {
  const names = ['org', 'ledger', 'api', 'profile', 'as', 'tz'];
  return Object.fromEntries(
    names.flatMap((name) => (call.text(name) === undefined ? [] : [[name, call.text(name) ?? '']])),
  );
}

/** Line by line: the line feeds between values are layout, those inside values are escaped already. */
function jsonDocument(result: object): string {
  return `${JSON.stringify(result, null, 2).split('\n').map(escapeControlInJson).join('\n')}\n`;
}

function shown(human: Human): string {
  return typeof human === 'string' ? human.split('\n').map(escapeControl).join('\n') : human.styled;
}

function provenance(result: { readonly dryRun?: true; readonly replayed?: true }): string {
  if (result.dryRun) return 'Dry run: nothing was done. This is what would be:\n';
  return result.replayed ? 'Already done under this idempotency key; the first answer again:\n' : '';
}
