import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Sink } from '../output/sink';
import { createStreamSink } from '../output/streams';
import type { Cli } from './cli';

/** The pager that WALLET_PAGER or PAGER names, else `less`; undefined if there is none: then print plainly. */
export function openPager(cli: Cli): Sink | undefined {
  const { env } = cli.world;
  const command = cli.settings.pager.value ?? (env.PAGER || 'less');
  if (!exists(command)) return undefined;
  // Through the shell, as git does it: the reader's own command may have arguments.
  const child = spawn('/bin/sh', ['-c', command], {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { LESS: 'FRX', ...env },
  });
  const ended = once(child, 'close');
  const restore = cli.signals.takeOver(() => undefined); // Ctrl-C is for the pager
  const sink = createStreamSink(child.stdin);
  const finish = async () => {
    child.stdin.end();
    await ended;
    restore();
  };
  return {
    get closed() {
      return sink.closed;
    },
    write: (text) => sink.write(text),
    end: finish,
    abort: finish,
  };
}

function exists(command: string): boolean {
  const program = command.trim().split(/\s/)[0] ?? '';
  return spawnSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', program], { stdio: 'ignore' }).status === 0;
}
