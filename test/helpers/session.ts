import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createSandbox, type Outcome, type Sandbox, splitWords } from './cli';
import { createRemote, type Remote } from './remote';

const FOLDER = path.resolve('test/sessions');
const TYPED = /^(?:\$ |#|> )/;
/** When the first line is typed; each line after it comes a second later, so that lists have one order. */
const START = Date.parse('2026-10-15T12:00:00Z');
const IDS = /\b(txn|pur|rfd|card|lead|hold|grant|app|alert|tok|user|pi_sandbox|cus|in)_([0-9A-Za-z]{10,})/g;

/**
 * A session: lines that start with `$ ` are typed, what follows is what came back: stdout as it is, stderr behind `! `,
 * and `[status]` unless it was 0. `$ C = wallet …` keeps the answer, and `$C` stands for it later. `$ file NAME` writes
 * the lines behind `> ` to a file, `$ cat NAME` shows one. A line that starts with `#` is a comment.
 */
export interface Session {
  readonly expected: string;
  readonly actual: string;
}

/** The names of all session files. */
export function sessionFiles(): string[] {
  return readdirSync(FOLDER).filter((file) => file.endsWith('.session'));
}

/**
 * Runs a session file in a home of its own: on the ledger file, or through a server over it. With UPDATE_SESSIONS=1 the
 * file is written anew, for a person to review.
 */
export async function runSession(
  name: string,
  env: Readonly<Record<string, string>> = {},
  mode: 'local' | 'remote' = 'local',
): Promise<Session> {
  const file = path.join(FOLDER, name);
  const expected = readFileSync(file, 'utf8');
  const sandbox = createSandbox(env);
  const remote = mode === 'remote' ? createRemote(sandbox) : undefined;
  try {
    const kept = new Map<string, string>();
    const parts: string[] = [];
    for (const [index, line] of typedLines(expected).entries()) {
      const now = new Date(START + index * 1000).toISOString();
      parts.push(await replay(line, { sandbox, remote, kept, now }));
    }
    const actual = parts.join('');
    if (process.env.UPDATE_SESSIONS === '1' && mode === 'local') writeFileSync(file, actual);
    return { expected, actual };
  } finally {
    await remote?.stop();
    sandbox.remove();
  }
}

/** Comments, blank lines, typed lines and the content of files; the answers are left out. */
function typedLines(text: string): string[] {
  const lines = text.trimEnd().split('\n');
  // An empty line is part of an answer unless it stands before a comment.
  return lines.filter((line, at) => TYPED.test(line) || (line === '' && lines[at + 1]?.startsWith('#')));
}

interface Stage {
  readonly sandbox: Sandbox;
  readonly remote: Remote | undefined;
  readonly kept: Map<string, string>;
  readonly now: string;
}

async function replay(line: string, { sandbox, remote, kept, now }: Stage): Promise<string> {
  if (line === '') return '\n';
  if (!line.startsWith('$ ')) {
    if (line.startsWith('> ')) append(line.slice(2), sandbox, kept);
    return `${line}\n`;
  }
  const [, name, command = ''] = /^\$ (?:([A-Z]+) = )?(.*)$/.exec(line) ?? [];
  const [program = '', ...words] = splitWords(command).map((word) =>
    word.replace(/\$([A-Z]+)/g, (name, key) => kept.get(key) ?? name),
  );
  if (program === 'file') return startFile(words[0] ?? '', line, kept);
  if (program === 'cat')
    return `${line}
${masked(readFile(words[0] ?? '', sandbox), sandbox)}`;
  const api = (await remote?.settingsFor(words, kept.get('TOKEN'))) ?? {};
  const outcome = await sandbox.wallet(words, { env: { WALLET_NOW: now, ...api } });
  if (name !== undefined) kept.set(name, outcome.stdout.trim());
  return `${line}\n${shown(outcome, sandbox)}`;
}

function readFile(name: string, { home }: Sandbox): string {
  return `${readFileSync(path.join(home, name), 'utf8').trimEnd()}\n`;
}

function startFile(name: string, line: string, kept: Map<string, string>): string {
  kept.set('', name);
  return `${line}\n`;
}

function append(content: string, sandbox: Sandbox, kept: Map<string, string>): void {
  writeFileSync(path.join(sandbox.home, kept.get('') ?? ''), `${content}\n`, { flag: 'a' });
}

function shown({ status, stdout, stderr }: Outcome, sandbox: Sandbox): string {
  const errors = stderr.replace(/^(?=.)/gm, '! ');
  return `${masked(stdout + errors, sandbox)}${status === 0 ? '' : `[${status}]\n`}`;
}

/** What differs from run to run: ids, cursors, sizes of files and the home folder; and how many writes made its tokens. */
function masked(text: string, { home }: Sandbox): string {
  return text
    .replaceAll(home, '~')
    .replace(/\bwlt_test_1_\w+/g, 'wlt_test_1_…')
    .replace(IDS, (_, prefix: string, rest: string) => `${prefix}_${'x'.repeat(rest.length)}`)
    .replace(/--cursor \S+/g, '--cursor …')
    .replace(/(chain: )\d+ writes/g, '$1… writes')
    .replace(/("(?:next|hash)": ?)"[^"]+"/g, '$1"…"')
    .replace(/("value":)"[0-9a-f]{64}"/g, '$1"…"') // what is sealed of a key, an answer with a random id in it
    .replace(/("bytes": )\d+/g, '$1…');
}
