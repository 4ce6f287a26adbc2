import type { OpenInput } from '../input/open-input';
import type { Cli } from './cli';

/** A file that was named, or standard input for `-`. Who types into it is told how it ends. */
export async function openFile(cli: Cli, path: string): Promise<OpenInput> {
  const { openInput } = await import('../input/open-input');
  if (path === '-') sayWhereItEnds(cli);
  return openInput(path);
}

/** A pipe says itself when it is over; a person has to know the key. */
export function sayWhereItEnds(cli: Cli): void {
  if (cli.world.stdin.isTTY === true) cli.note('reading what you type or paste; Ctrl-D on a line of its own ends it');
}
