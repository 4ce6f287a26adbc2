import { WalletError } from '../core/errors';
import { escapeControl } from '../output/escape';
import { formatJson } from '../output/json';
import { EXIT_STATUS } from './exit-status';
import { redact } from './secrets';

/** How an error is told, and the status the program ends with. */
export interface ErrorReport {
  readonly text: string;
  readonly status: number;
}

/**
 * What happened, why, what to do next: three lines for people, one JSON document for programs. Everything is escaped
 * and redacted here, whatever it came from. What nobody foresaw is a bug in wallet and says so.
 */
export function reportError(thrown: unknown, { json, debug }: { json: boolean; debug: boolean }): ErrorReport {
  const error = foreseen(thrown);
  const status = EXIT_STATUS[error.code];
  const stack = debug ? stackOf(thrown) : '';
  return { text: `${json ? asJson(error) : asLines(error)}${json ? '' : stack}`, status };
}

function foreseen(thrown: unknown): WalletError {
  if (thrown instanceof WalletError) return thrown;
  if (isCancelledPrompt(thrown)) return new WalletError('cancelled', 'cancelled', { why: 'nothing was charged' });
  if (isShortage(thrown)) return shortage(thrown);
  return new WalletError('internal', thrown instanceof Error ? thrown.message : String(thrown), {
    why: 'this is a bug in wallet',
    hint: 'run the command again with --debug and report what it prints',
    cause: thrown,
  });
}

/** What a machine runs out of, by the system's own words: open files, memory, processes. */
const SHORTAGES: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN']);

function isShortage(thrown: unknown): thrown is Error {
  return thrown instanceof Error && 'code' in thrown && SHORTAGES.has(thrown.code);
}

function shortage(thrown: Error): WalletError {
  return new WalletError('ledger_unavailable', 'this machine has run out of open files or memory', {
    why: thrown.message,
    hint: 'end other programs or raise the limit (ulimit -n), then run the command again',
    cause: thrown,
  });
}

/** inquirer throws this when a prompt ends by Ctrl-C. Known by name: its module is not loaded for the question. */
function isCancelledPrompt(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'ExitPromptError' || thrown.name === 'AbortPromptError');
}

function asLines({ message, why, hint }: WalletError): string {
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['error', message],
    ['why', why],
    ['next', hint],
  ];
  return lines
    .filter(([, text]) => text !== undefined && text !== '')
    .map(([label, text]) => `${label}: ${escapeControl(redact(text ?? ''))}\n`)
    .join('');
}

function asJson({ code, message, why, hint, details }: WalletError): string {
  const error = {
    code,
    message: redact(message),
    hint: redact(hint ?? ''),
    details,
    ...(why ? { why: redact(why) } : {}),
  };
  return `${redactedJson({ error })}\n`;
}

/** Details are redacted value by value, so that the document stays JSON. */
function redactedJson(document: object): string {
  return formatJson(
    JSON.parse(JSON.stringify(document), (_, value: unknown) => (typeof value === 'string' ? redact(value) : value)),
  );
}

function stackOf(thrown: unknown): string {
  const parts: string[] = [];
  for (let at = thrown, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    parts.push(
      (at.stack ?? at.message)
        .split('\n')
        .map((line) => escapeControl(redact(line)))
        .join('\n'),
    );
  }
  return parts.length === 0 ? '' : `${parts.join('\ncaused by: ')}\n`;
}
