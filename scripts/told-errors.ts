// The text of docs/told-errors.md: every refusal that the session tests show, as it is told, under its exit status.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { STATUS_MEANINGS } from '../src/cli/exit-status';

const SESSIONS = 'test/sessions';
/** A command, its answer, and the status that it ended with. */
const REFUSED = /^\$ (?:[A-Z]+ = )?(wallet .*)\n((?:(?!\$ |\[\d+\]$).*\n)*)\[(\d+)\]$/gm;
const THREE_LINES = /^! error: (.*)\n! why: (.*)\n(?:! next: (.*)\n)?/m;

interface Told {
  readonly command: string;
  readonly lines: string;
  readonly status: number;
  /** The same for the same sentence with other names and numbers in it. */
  readonly sentence: string;
}

/** The whole page. Ends with a line feed. */
export function renderToldErrors(): string {
  const told = oneOfEach(
    readdirSync(SESSIONS)
      .sort()
      .filter((name) => name.endsWith('.session'))
      .flatMap(errorsOf),
  );
  return `${[
    '# Errors as they are told',
    'Made from the session tests by `npm run docs`: each of these was provoked, and is again at every run of the tests. What the codes and statuses mean is in [errors.md](errors.md). Ids are left out.',
    ...STATUS_MEANINGS.flatMap(([status, meaning]) => sectionOf(status, meaning, told)),
  ].join('\n\n')}\n`;
}

function errorsOf(name: string): readonly Told[] {
  const text = readFileSync(path.join(SESSIONS, name), 'utf8');
  return [...text.matchAll(REFUSED)].flatMap(([, command = '', answer = '', status]) => {
    const [, error, why, next] = THREE_LINES.exec(answer) ?? [];
    if (error === undefined || why === undefined || command.length > 110) return [];
    const lines = [`error: ${error}`, `why: ${why}`, ...(next === undefined ? [] : [`next: ${next}`])].join('\n');
    return [{ command, lines, status: Number(status), sentence: `${shapeOf(error)}\n${shapeOf(why)}` }];
  });
}

function shapeOf(sentence: string): string {
  return sentence.replace(/"[^"]*"/g, '"…"').replace(/\b\w+_x{6,}\b|\d[\d.,:TZ-]*/g, '#');
}

function oneOfEach(told: readonly Told[]): readonly Told[] {
  const seen = new Set<string>();
  return told.filter(({ sentence }) => !seen.has(sentence) && seen.add(sentence));
}

function sectionOf(status: number, meaning: string, told: readonly Told[]): readonly string[] {
  const own = told.filter((each) => each.status === status);
  if (own.length === 0) return [];
  const shown = own.map(({ command, lines }) => `$ ${withoutIds(command)}\n${withoutIds(lines)}`);
  return [`## ${status}: ${meaning}`, `\`\`\`text\n${shown.join('\n\n')}\n\`\`\``];
}

function withoutIds(text: string): string {
  return text.replace(/_x{6,}\b/g, '_…');
}
