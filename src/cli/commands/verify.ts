import type { VerifyCheck } from '../../contract/audit';
import type { WalletService } from '../../contract/wallet-service';
import type { Call } from '../call';
import type { Cli } from '../cli';
import { EXIT_STATUS } from '../exit-status';
import type { CommandSpec } from '../spec';
import { counted, daysUnreconciled } from '../wording';

export const commands: readonly CommandSpec[] = [
  {
    path: 'verify',
    summary: 'prove that the ledger is whole and right',
    details:
      'Walks the hash chain and recomputes balances, totals, grants and holds from the log. Ends with 11 and the findings if anything disagrees.',
    options: [
      { flag: '--full', help: 'also re-rate and re-draw every usage' },
      { flag: '--provider', help: 'also compare with the card processor, object by object' },
      { flag: '--manifest <file>', help: 'also derive an export again and compare it' },
    ],
    examples: [
      { command: 'wallet verify', says: 'from cron, before a backup' },
      { command: 'wallet verify --full --json', says: 'everything, for a report' },
      { command: 'wallet verify --provider', says: 'that charged is credited, and refunded is taken out' },
      { command: 'wallet verify --manifest month.csv.manifest.json', says: 'that an export is what the ledger says' },
    ],
    kind: 'read',
    async run(call, cli) {
      const wallet = await cli.wallet();
      const ledger = await wallet.audit.verify({ full: call.has('full'), provider: call.has('provider') });
      const checks = [...ledger.checks, ...(await manifestChecks(call, cli, wallet))];
      const result = { ...ledger, ok: checks.every(({ ok }) => ok), checks };
      const failed = result.checks.filter(({ ok }) => !ok);
      await cli.show(result, () => `${result.checks.map(line).join('')}${verdict(ledger.ok, result.transactions)}`);
      if (result.ok) return remindOfReconciliation(cli, wallet);
      const names = failed.map(({ name }) => name).join(', ');
      const isExport = ledger.ok;
      cli.note(`error: the ${isExport ? 'export is not what its manifest says' : 'ledger failed verification'}`);
      cli.note(`why: ${names} did not agree${isExport ? '; the ledger itself is whole' : ''}`);
      cli.note(
        isExport
          ? 'next: make the export again, and keep the file that differs'
          : 'next: stop posting, keep this file as it is, and restore the last backup that verifies',
      );
      return EXIT_STATUS.integrity_failure;
    },
  },
];

/** A ledger that is whole may still not know what happened at the processor. */
async function remindOfReconciliation(cli: Cli, wallet: WalletService): Promise<0> {
  if (cli.isJson || cli.isQuiet) return 0;
  const days = daysUnreconciled(await cli.organisation(), (await wallet.credit.balance()).balance.asOf);
  if (days !== undefined) cli.note(`the processor was last asked ${days} days ago; run: wallet reconcile`);
  return 0;
}

async function manifestChecks(call: Call, cli: Cli, wallet: WalletService): Promise<readonly VerifyCheck[]> {
  const path = call.text('manifest');
  if (path === undefined) return [];
  const { checkManifest } = await import('../manifest');
  return checkManifest(path, wallet, (await cli.organisation()).name);
}

/** A word beside the colour-free text: nobody has to guess what a sign means. */
function line({ name, ok, detail }: VerifyCheck): string {
  return `${ok ? 'ok    ' : 'FAILED'}  ${name}: ${detail}\n`;
}

function verdict(ok: boolean, transactions: number): string {
  return `${counted(transactions, 'transaction')}: ${ok ? 'the ledger is whole' : 'THE LEDGER FAILED VERIFICATION'}\n`;
}
