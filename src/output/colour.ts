export type ColourLevel = 0 | 1 | 2 | 3;

type Style = (text: string) => string;

/** The few styles the program uses. A word or a sign says the same beside each: never colour alone. */
export interface Styles {
  readonly bold: Style;
  readonly dim: Style;
  readonly red: Style;
  readonly green: Style;
  readonly yellow: Style;
  readonly cyan: Style;
}

/** Text as it is. */
export const plainStyles: Styles = {
  bold: asIs,
  dim: asIs,
  red: asIs,
  green: asIs,
  yellow: asIs,
  cyan: asIs,
};

/** What is asked of a stream; `process.stdout` and `process.stderr` answer it. */
export interface StreamFacts {
  readonly isTTY?: boolean | undefined;
}

/**
 * Whether to colour one stream, and how richly; the first that speaks decides: `--color` or `--no-color` (`flag`),
 * NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR=0 or TERM=dumb, whether the stream is a terminal. A variable that is
 * set but empty says nothing. One function, because libraries disagree when two of these are set.
 */
export function colourLevel(
  stream: StreamFacts,
  env: Readonly<Record<string, string | undefined>>,
  flag?: boolean | undefined,
): ColourLevel {
  if (flag !== undefined) return flag ? 1 : 0;
  if (isSet(env.NO_COLOR)) return 0;
  if (isSet(env.FORCE_COLOR)) return forcedLevel(env.FORCE_COLOR);
  if (isSet(env.CLICOLOR_FORCE) && env.CLICOLOR_FORCE !== '0') return 1;
  if (env.CLICOLOR === '0' || env.TERM === 'dumb') return 0;
  return stream.isTTY === true ? 1 : 0;
}

/** The styles of a level. chalk costs 6 ms to load and is not touched at level 0. */
export async function createStyles(level: ColourLevel): Promise<Styles> {
  if (level === 0) return plainStyles;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level });
  return {
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
    red: (text) => chalk.red(text),
    green: (text) => chalk.green(text),
    yellow: (text) => chalk.yellow(text),
    cyan: (text) => chalk.cyan(text),
  };
}

function asIs(text: string): string {
  return text;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function forcedLevel(value: string): ColourLevel {
  if (value === '0' || value === 'false') return 0;
  return value === '2' ? 2 : value === '3' ? 3 : 1;
}
