import type { Invoice } from '../../contract/invoices';
import type { Column } from '../../output/view';
import { given } from '../call';
import { showList } from '../list';
import { pagesOf } from '../list-pages';
import type { CommandSpec } from '../spec';
import { SANDBOX } from '../wording';

const COLUMNS: readonly Column<Invoice>[] = [
  { key: 'number', title: 'Number', kind: 'text', whole: true, cell: (row) => row.number },
  { key: 'id', title: 'Id', kind: 'text', cell: (row) => row.id, dataOnly: true },
  { key: 'period', title: 'Period', kind: 'text', whole: true, cell: (row) => row.period },
  { key: 'status', title: 'Status', kind: 'text', cell: (row) => (row.overdue ? 'open, overdue' : row.status) },
  { key: 'total', title: 'Total', kind: 'amount', cell: (row) => row.total },
  { key: 'issued_at', title: 'Issued', kind: 'time', cell: (row) => row.issuedAt },
  { key: 'due_at', title: 'Due', kind: 'time', cell: (row) => row.dueAt },
  { key: 'paid_at', title: 'Paid', kind: 'time', cell: (row) => row.paidAt, dataOnly: true },
];

export const commands: readonly CommandSpec[] = [
  {
    path: 'invoice run',
    summary: 'bill postpaid services and charge the card',
    details:
      'Bills what postpaid services came to by the end of the month and is on no invoice yet; run again, it bills nothing twice. The sum is rounded once, half up to the cent, and what that adds is booked by itself.',
    options: [{ flag: '--period <month>', help: 'a month that has ended; the last one if not said' }],
    examples: [{ command: 'wallet invoice run --yes', says: 'from cron, on the first of the month' }],
    kind: 'change',
    spends: true,
    async run(call, cli) {
      const request = given({ period: call.text('period'), ...call.change() });
      const { invoices } = await cli.wallet();
      if (!request.dryRun)
        await cli.ask.confirm('Bill postpaid services and charge the card?', 'billing postpaid services');
      const result = await invoices.run(request);
      const text = result.invoice === null ? 'nothing to bill\n' : describe(result.invoice);
      return cli.show(result, async () => `${text}${await mark(cli)}`, result.invoice?.id ?? '');
    },
  },
  {
    path: 'invoice pay',
    summary: 'charge an open invoice to the card again',
    args: [{ name: 'id', help: 'its id or its number' }],
    examples: [{ command: 'wallet invoice pay INV-000003 --yes', says: 'after a new card was added' }],
    kind: 'change',
    spends: true,
    async run(call, cli) {
      const { invoices } = await cli.wallet();
      const request = { id: call.arg(0), ...call.change() };
      if (!request.dryRun) {
        const { invoice } = await invoices.show(request);
        const what = `charging ${invoice.total} USD for ${invoice.number}`;
        if (invoice.status === 'open')
          await cli.ask.confirm(`Charge ${invoice.total} USD for ${invoice.number}?`, what);
      }
      const result = await invoices.pay(request);
      return cli.show(result, async () => `${describe(result.invoice)}${await mark(cli)}`, result.invoice.id);
    },
  },
  {
    path: 'invoice list',
    summary: 'the invoices for postpaid services',
    examples: [{ command: 'wallet invoice list', says: 'newest first' }],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { invoices } = await cli.wallet();
      return showList(call, cli, {
        name: 'invoices',
        columns: COLUMNS,
        fetch: pagesOf(
          async () => (await invoices.list()).invoices,
          ({ id }) => id,
        ),
      });
    },
  },
  {
    path: 'invoice show',
    summary: 'one invoice with its lines',
    args: [{ name: 'id', help: 'its id or its number' }],
    options: [
      { flag: '--format <format>', help: 'text if not said', choices: ['text', 'pdf'] },
      { flag: '--output <file>', short: '-o', help: 'write the PDF to a file, whole or not at all' },
      { flag: '--force', help: 'overwrite the file' },
    ],
    examples: [
      { command: 'wallet invoice show INV-000003', says: 'what was billed' },
      { command: 'wallet invoice show INV-000003 -o invoice.pdf', says: 'a document to send' },
    ],
    kind: 'read',
    async run(call, cli) {
      const result = await (await cli.wallet()).invoices.show({ id: call.arg(0) });
      const { isPdf, showPdf } = await import('../document-file');
      if (isPdf(call)) {
        const { invoiceDocument } = await import('../documents');
        return showPdf(call, cli, invoiceDocument(result.invoice, await cli.organisation(), await cli.clock()));
      }
      return cli.show(result, async () => `${describe(result.invoice)}${await mark(cli)}`, result.invoice.id);
    },
  },
];

function describe({ number, org, period, status, overdue, lines, rounding, total }: Invoice): string {
  const widest = Math.max(...lines.map(({ service }) => service.length), 8);
  const row = (name: string, text: string) => `  ${name.padEnd(widest)}  ${text.padStart(16)}\n`;
  const body = lines.map((line) => row(line.service, line.amount).replace('\n', `  ${line.quantity} units\n`)).join('');
  const residue = Number(rounding) === 0 ? '' : row('rounding', rounding);
  return `invoice ${number} to ${org} for ${period}: ${status}${overdue ? ', overdue' : ''}\n${body}${residue}${row('total', total)}`;
}

async function mark(cli: Parameters<CommandSpec['run']>[1]): Promise<string> {
  return (await cli.organisation()).mode === 'sandbox' ? `${SANDBOX}: no real money\n` : '';
}
