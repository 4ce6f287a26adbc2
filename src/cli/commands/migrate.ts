import { WalletError } from '../../core/errors';
import { createProgress } from '../../output/progress';
import type { Call } from '../call';
import type { Cli } from '../cli';
import type { CommandSpec } from '../spec';
import { counted } from '../wording';

export const commands: readonly CommandSpec[] = [
  {
    path: 'migrate',
    summary: 'move the ledger to another file or database',
    details:
      'Copies everything, from SQLite to PostgreSQL or back, with the same ids, balances and chain; compares the copy row by row, proves it as `wallet verify` does, and only then marks this ledger as moved: it can still be read, and takes no more changes. Others can read it meanwhile; their changes wait, and end with 9. Interrupted, it goes on when run again. A URL with a password goes into WALLET_MIGRATE_TO, not on the command line.',
    options: [{ flag: '--to <place>', help: 'a file, or postgres://USER@HOST/DATABASE (WALLET_MIGRATE_TO)' }],
    examples: [
      { command: 'wallet migrate --to postgres://wallet@db.example/wallet', says: 'with the password in PGPASSWORD' },
      {
        command: 'wallet migrate --ledger postgres://wallet@db.example/wallet --to ledger.db',
        says: 'and back into a file',
      },
    ],
    kind: 'local',
    keyed: 'ledger',
    async run(call, cli) {
      const to = requirePlace(call, cli);
      const stream = cli.isJson || cli.isQuiet ? { write: () => undefined } : cli.world.stderr;
      const progress = createProgress({ stream, label: 'moving', total: null, noun: 'rows' });
      let rows = 0;
      const count = (more: number) => {
        rows += more;
        progress.update(rows, rows);
      };
      try {
        const migration = await cli.world.moveLedger(cli.settings, to, count);
        progress.stop();
        const { organisations, transactions } = migration;
        const what = `${counted(transactions, 'transaction')} of ${counted(organisations, 'organisation')}`;
        const text = `${what} moved to ${migration.to}, compared and verified\nnext: use it with --ledger or WALLET_LEDGER; ${migration.from} is kept as it was, for reading\n`;
        return await cli.show({ migration }, () => text, migration.to);
      } finally {
        progress.stop();
      }
    },
  },
];

function requirePlace(call: Call, cli: Cli): { value: string; origin: string } {
  const flag = call.text('to');
  if (flag !== undefined) return { value: flag, origin: 'flag --to' };
  const variable = cli.world.env.WALLET_MIGRATE_TO;
  if (variable !== undefined && variable !== '') return { value: variable, origin: 'environment WALLET_MIGRATE_TO' };
  throw new WalletError('invalid_usage', 'nothing says where the ledger is to go', {
    why: 'neither --to nor WALLET_MIGRATE_TO is set',
    hint: 'wallet migrate --to postgres://USER@HOST/DATABASE',
  });
}
