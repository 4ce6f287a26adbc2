import type { Receipt } from '../../contract/purchases';
import type { Cli, Styled } from '../cli';
import type { CommandSpec } from '../spec';
import { SANDBOX } from '../wording';

export const commands: readonly CommandSpec[] = [
  {
    path: 'receipt',
    summary: 'what was paid, for the books',
    details:
      'A receipt for a purchase that was paid, with the name and address of the card or the billing account. What went back since is on it as well.',
    args: [{ name: 'purchase', help: 'its id, pur_…' }],
    options: [
      { flag: '--format <format>', help: 'text if not said', choices: ['text', 'pdf'] },
      { flag: '--to <address>', help: 'send it there as PDF', conflicts: ['output', 'format'] },
      { flag: '--output <file>', short: '-o', help: 'write the PDF to a file, whole or not at all' },
      { flag: '--force', help: 'overwrite the file' },
    ],
    examples: [
      { command: 'wallet receipt pur_0190', says: 'on the screen' },
      { command: 'wallet receipt pur_0190 -o receipt.pdf', says: 'a document to keep' },
      { command: 'wallet receipt pur_0190 --to books@acme.example', says: 'by e-mail, where a mail server is set' },
    ],
    kind: 'read',
    async run(call, cli) {
      const to = call.text('to');
      if (to !== undefined) return send(call.arg(0), to, cli);
      const result = await (await cli.wallet()).purchases.receipt({ id: call.arg(0) });
      const { isPdf, showPdf } = await import('../document-file');
      if (isPdf(call)) {
        const { receiptDocument } = await import('../documents');
        return showPdf(call, cli, receiptDocument(result.receipt, await cli.organisation(), await cli.clock()));
      }
      return cli.show(result, () => describe(result.receipt, cli), result.receipt.number);
    },
  },
];

async function send(id: string, to: string, cli: Cli): Promise<number> {
  const result = await (await cli.wallet()).purchases.sendReceipt({ id, to });
  return cli.show(result, () => `receipt ${result.receipt.number} sent to ${result.sentTo}\n`, result.receipt.number);
}

async function describe(receipt: Receipt, cli: Cli): Promise<Styled> {
  const { receiptFacts } = await import('../documents');
  const clock = await cli.clock();
  return cli.facts([
    ['receipt', receipt.number, 'bold'],
    ...(receipt.sandbox ? [['money', `${SANDBOX}: no real money`] as const] : []),
    ...receiptFacts(receipt, clock, (await cli.organisation()).postalAddress),
    ...receipt.lines.map(({ description, amount }) => ['line', `${description}  ${amount}`] as const),
    ['total', `${receipt.total} ${receipt.currency}`, 'bold'],
    ...receipt.returns.map(({ kind, amount, at }) => [kind, `-${amount}  ${clock(at)}`] as const),
    ...(receipt.returns.length === 0 ? [] : [['kept', `${receipt.kept} ${receipt.currency}`] as const]),
  ]);
}
