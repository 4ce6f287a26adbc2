import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Card, CardSetup } from '../contract/cards';
import { WalletError } from '../core/errors';
import { colourLevel } from '../output/colour';
import { startSpinner } from '../output/progress';
import type { Cli } from './cli';

const POLL_MS = 2_000;
/** At a terminal somebody is typing; without one no command waits for a processor longer than this. */
const WAIT_MS = { attended: 30 * 60_000, alone: 40_000 } as const;

/** The link as a code that a telephone reads, where a person sits at a terminal. */
export async function showCode(url: string, cli: Cli): Promise<void> {
  if (cli.world.stderr.isTTY !== true || cli.isQuiet) return;
  const { renderUnicodeCompact } = await import('uqr');
  cli.warn(renderUnicodeCompact(url, { ecc: 'L', border: 1 }));
}

/** Shows the page, opens it where there is a browser, and waits for the card. Ctrl-C leaves it open for `card sync`. */
export async function waitForCard(setup: CardSetup, cli: Cli): Promise<Card> {
  const attended = cli.world.stderr.isTTY === true;
  if (attended) openBrowser(setup.url, cli);
  const spinner = await startSpinner(
    'waiting for the card',
    cli.world.stderr,
    colourLevel(cli.world.stderr, cli.world.env) > 0,
  );
  const restore = cli.signals.takeOver((signal) => {
    spinner.stop();
    cli.warn('the page stays open; once the card is typed in, finish with: wallet card sync');
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
  try {
    return await poll(setup, cli, attended ? WAIT_MS.attended : WAIT_MS.alone);
  } finally {
    restore();
    spinner.stop();
  }
}

async function poll(setup: CardSetup, cli: Cli, waitMs: number): Promise<Card> {
  const { cards } = await cli.wallet();
  for (const end = performance.now() + waitMs; performance.now() < end; await sleep(POLL_MS)) {
    const synced = await cards.sync();
    for (const notice of synced.notices) cli.note(notice);
    const mine = synced.setups.find((each) => each.id === setup.id);
    if (mine?.status === 'expired') throw expired();
    if (mine === undefined || mine.status === 'complete') return finished(setup, cli, mine?.card ?? null);
  }
  throw new WalletError('payment_pending', 'the card has not been typed in yet', {
    why: 'the page stays open for a day',
    hint: 'wallet card sync',
    details: { setup: setup.id, url: setup.url },
  });
}

/** Another process may have finished it meanwhile; then the card is simply there. */
async function finished(setup: CardSetup, cli: Cli, id: string | null): Promise<Card> {
  const { cards } = await cli.wallet();
  const card = id ?? (await cards.list()).cards.at(-1)?.id;
  if (card === undefined) throw new WalletError('invalid_state', `card setup ${setup.id} ended without a card`);
  return (await cards.show({ id: card })).card;
}

/** A browser that can't be opened is no failure: the link stands above. */
function openBrowser(url: string, { world: { env } }: Cli): void {
  const hasScreen = process.platform === 'darwin' || Boolean(env.DISPLAY ?? env.WAYLAND_DISPLAY);
  if (!hasScreen || env.SSH_CONNECTION !== undefined) return;
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(program, [url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}

function expired(): WalletError {
  return new WalletError('invalid_state', 'the page was closed before a card was typed in', {
    why: 'nothing was stored',
    hint: 'wallet card add',
  });
}
