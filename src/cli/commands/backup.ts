import type { CommandSpec } from '../spec';
import { counted } from '../wording';

export const commands: readonly CommandSpec[] = [
  {
    path: 'backup',
    summary: 'copy the ledger while it is in use',
    details:
      'Makes a consistent copy, proves it as `wallet verify` does, and only then gives it its name: one file, readable by its owner alone. Other commands go on meanwhile.',
    args: [{ name: 'file', help: 'the file to make' }],
    options: [{ flag: '--force', help: 'overwrite the file' }],
    examples: [
      { command: 'wallet backup ledger-backup.db', says: 'nightly, from cron' },
      { command: 'wallet backup ledger-backup.db --force', says: 'over the last one' },
    ],
    kind: 'local',
    keyed: 'ledger',
    async run(call, cli) {
      const copies = await cli.world.openCopies(cli.settings);
      const backup = await copies.backup(call.arg(0), { force: call.has('force') });
      const text = `${counted(backup.transactions, 'transaction')} copied to ${backup.file} and verified\n`;
      return cli.show({ backup }, () => text, backup.file);
    },
  },
];
