import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { failed, runTool } from './crontab';

/** Writes the units into the user's folder, over those of before, and starts the timer. */
export async function installUnits(
  folder: string,
  units: Readonly<Record<string, string>>,
  timer: string,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(units)) writeFileSync(path.join(folder, name), text, { mode: 0o600 });
  await systemctl('daemon-reload');
  await systemctl('enable', timer);
  // A timer that runs already takes a new interval only when it is started anew.
  await systemctl('restart', timer);
}

/** Stops the timer and removes the units. False where there were none. */
export async function removeUnits(folder: string, names: readonly string[], timer: string): Promise<boolean> {
  const { existsSync } = process.getBuiltinModule('node:fs');
  if (!names.some((name) => existsSync(path.join(folder, name)))) return false;
  await systemctl('disable', '--now', timer);
  for (const name of names) rmSync(path.join(folder, name), { force: true });
  await systemctl('daemon-reload');
  return true;
}

async function systemctl(...words: readonly string[]): Promise<void> {
  const ended = await runTool('systemctl', ['--user', ...words]);
  if (ended.status !== 0) throw failed('systemctl --user', ended);
}
