// Pages that show commands and what they answer, in blocks marked `console`: played in order, on a home folder of
// their own.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The pages whose commands are run. */
export const CONSOLE_PAGES: readonly string[] = [
  'README.md',
  'docs/getting-started.md',
  'docs/administrator.md',
  'docs/cron.md',
  'docs/concepts.md',
  'docs/accountant.md',
];

/** A command of a page, what the page says it answers, and what it answered now: under the ids that the page shows. */
export interface Played {
  readonly command: string;
  readonly shown: string;
  readonly printed: string;
}

/** The sample is of October 2026, and the pages were written on this day of the month after. */
const NOW = '2026-11-02T09:00:00Z';
const BLOCK = /^```console\n(.*?)^```$/gms;
const COMMAND = /^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm;
const ID = /\b(?:txn|pur|card|lead|inv|hold|grant|app|org|alert|tok|rfd|pi_sandbox)_[0-9a-f]{12,}\b/g;
/** Where the reader's home would be. */
const HOME = '/home/ada';
/** Parts one command's output from the next; no output holds it. */
const MARK = '\u001e';

/** Runs every command of the page. */
export function playPage(markdown: string): readonly Played[] {
  const commands = commandsOf(markdown);
  const folder = mkdtempSync(path.join(tmpdir(), 'wallet-page-'));
  try {
    return runAll(commands, furnish(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The page with what the commands answer now, where that is not what it shows already. */
export function refreshPage(markdown: string): string {
  const played = playPage(markdown)[Symbol.iterator]();
  return markdown.replace(BLOCK, (block) =>
    block.replace(COMMAND, (lines) => {
      const { command, shown, printed } = played.next().value as Played;
      return shown === printed ? lines : `$ ${command}\n${printed}`;
    }),
  );
}

/** What the commands answer after the story, with colours, and with the same ids at every run. */
export function playInColour(story: readonly string[], commands: readonly string[]): readonly string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'wallet-page-'));
  try {
    const { cwd, env } = furnish(folder);
    const all = [...story, ...commands].map((command) => ({ command, shown: '' }));
    const played = runAll(all, { cwd, env: { ...env, FORCE_COLOR: '1' } });
    return played.slice(story.length).map(({ printed }) => withFixedIds(printed));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ids of the same length that tell nothing, numbered as they come. */
function withFixedIds(text: string): string {
  const seen: string[] = [];
  return text.replace(ID, (id) => {
    if (!seen.includes(id)) seen.push(id);
    const start = id.slice(0, kindOf(id).length + 13);
    return start + String(seen.indexOf(id) + 1).padStart(id.length - start.length, '0');
  });
}

function commandsOf(markdown: string): readonly Omit<Played, 'printed'>[] {
  const blocks = [...markdown.matchAll(BLOCK)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    [...block.matchAll(COMMAND)].map(([, command = '', shown = '']) => ({ command, shown })),
  );
}

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<'HOME' | 'PATH', string>> & Readonly<Record<string, string>>;
}

/** A home, a folder to work in with the examples in it, and `wallet` on the path. */
function furnish(folder: string): Place {
  for (const name of ['home', 'work', 'bin']) mkdirSync(path.join(folder, name));
  symlinkSync(path.resolve('bin/wallet.js'), path.join(folder, 'bin/wallet'));
  symlinkSync(path.resolve('examples'), path.join(folder, 'work/examples'));
  const env = { HOME: path.join(folder, 'home'), LANG: 'C.UTF-8', WALLET_ACTOR: 'ada', WALLET_NOW: NOW };
  const PATH = `${path.join(folder, 'bin')}:${path.dirname(process.execPath)}:${process.env.PATH ?? ''}`;
  return { cwd: path.join(folder, 'work'), env: { ...env, PATH } };
}

/** One command after another. Ids differ from run to run: those of now stand for those that the page has in their place. */
function runAll(commands: readonly Omit<Played, 'printed'>[], place: Place): readonly Played[] {
  const ids = new Map<string, string>();
  const shownIds = new Map<string, string>();
  let status = 0;
  return commands.map(({ command, shown }) => {
    const line = command.replace(ID, (id) => ids.get(id) ?? id);
    const script = `exec 2>&1\n(exit ${status})\n${line}\nprintf '${MARK}%s' "$?"\n`;
    const run = spawnSync('bash', ['-c', script], { ...place, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    const [output = '', ended = '1'] = run.stdout.split(MARK);
    status = Number(ended);
    const before = shown.match(ID) ?? [];
    for (const [index, id] of (output.match(ID) ?? []).entries()) {
      if (shownIds.has(id)) continue;
      const there = before[index] ?? id;
      const known = kindOf(there) === kindOf(id) && !ids.has(there) ? there : id;
      shownIds.set(id, known);
      ids.set(known, id);
    }
    const printed = output.replaceAll(place.env.HOME, HOME).replace(ID, (id) => shownIds.get(id) ?? id);
    return { command, shown, printed };
  });
}

function kindOf(id: string): string {
  return id.slice(0, id.lastIndexOf('_'));
}
