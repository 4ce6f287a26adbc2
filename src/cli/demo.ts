import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Cli } from './cli';
import type { Scene } from './demo-scene';
import { SCENES } from './demo-scenes';
import { SIGNAL_STATUS, type Signal } from './signals';
import { SETTING_KEYS, type SettingKey, type Settings } from './world';

/** Long enough to read a scene, where somebody is watching. */
const PAUSE_MS = 1_600;

/** Plays the scenes on a sandbox ledger in a folder of its own, and takes it away again, whatever happens. */
export async function playDemo(cli: Cli): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'wallet-demo-'));
  const wallet = await cli.world.openWallet(throwAway(path.join(folder, 'ledger.db')));
  const pause = createPause(cli);
  try {
    const steps = [];
    for (const scene of SCENES) {
      const { told, result } = await scene.play(wallet);
      steps.push({ says: scene.says, command: scene.command, result });
      if (!cli.isJson) await tell(cli, scene, told);
      await pause.take();
      if (pause.signal !== undefined) return SIGNAL_STATUS[pause.signal];
    }
    if (cli.isJson) return await cli.show({ demo: steps }, () => '');
    cli.note('that was the demo: its ledger is gone again. Your own begins with: wallet init');
    return 0;
  } finally {
    pause.end();
    await wallet.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Not one of the user's settings: the demo never sees their ledger, and never a real processor. */
function throwAway(ledger: string): Settings {
  const own: Partial<Record<SettingKey, string>> = { org: 'demo', ledger, as: 'demo' };
  // Every setting there is has an entry, as the keys are all of them.
  return Object.fromEntries(SETTING_KEYS.map((key) => [key, { value: own[key], origin: 'demo' }])) as Settings;
}

async function tell(cli: Cli, { says, command }: Scene, told: string): Promise<void> {
  const styles = await cli.styles();
  await cli.stdout.write(`${styles.dim(`# ${says}`)}\n${styles.bold(`$ ${command}`)}\n${told}\n`);
}

/** Waits between scenes on a terminal only; a signal ends the wait. */
function createPause(cli: Cli) {
  const isWatched = cli.world.stdout.isTTY === true && !cli.isJson && !cli.isQuiet;
  let signal: Signal | undefined;
  let wake: () => void = () => undefined;
  const end = cli.signals.takeOver((received) => {
    signal = received;
    wake();
  });
  return {
    get signal() {
      return signal;
    },
    end,
    take: () =>
      new Promise<void>((resolve) => {
        if (signal !== undefined) return resolve();
        const timer = setTimeout(resolve, isWatched ? PAUSE_MS : 0);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}
