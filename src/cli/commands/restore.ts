import type { CommandSpec } from '../spec';
import { counted } from '../wording';

export const commands: readonly CommandSpec[] = [
  {
    path: 'restore',
    summary: 'put a backup in the place of the ledger',
    details:
      'The backup is proved first, and copied. A ledger that is there is replaced only with --force, never if it has writes that the backup lacks, and is kept beside it. Afterwards no credits move until `wallet reconcile` has asked the card processor what happened since the backup.',
    args: [{ name: 'file', help: 'a file made by wallet backup' }],
    options: [{ flag: '--force', help: 'replace a ledger that is there, and keep it beside it' }],
    examples: [
      {
        command: 'wallet restore ledger-backup.db --ledger restored.db',
        says: 'into another file; then: wallet reconcile',
      },
    ],
    kind: 'local',
    keyed: 'ledger',
    async run(call, cli) {
      const copies = await cli.world.openCopies(cli.settings);
      const restore = await copies.restore(call.arg(0), { force: call.has('force') });
      const kept = restore.kept === null ? '' : `the ledger that was there is kept as ${restore.kept}\n`;
      return cli.show(
        { restore },
        () =>
          `${counted(restore.transactions, 'transaction')} restored to ${restore.ledger}\n${kept}next: wallet reconcile, then credits move again\n`,
        restore.ledger,
      );
    },
  },
];
