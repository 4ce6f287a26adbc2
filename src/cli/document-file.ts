import { WalletError } from '../core/errors';
import type { PdfDocument } from '../output/pdf';
import type { Call } from './call';
import type { Cli } from './cli';

/** Whether a PDF is asked for: by `--format`, or by the name of the file. */
export function isPdf(call: Call): boolean {
  const format = call.text('format');
  if (format === 'pdf' && call.has('json')) throw contradiction();
  return format === 'pdf' || (format === undefined && call.text('output')?.toLowerCase().endsWith('.pdf') === true);
}

/** Writes the document to the file, whole or not at all, or to a pipe. */
export async function showPdf(call: Call, cli: Cli, document: PdfDocument): Promise<0> {
  const output = call.text('output');
  if (output === undefined && cli.world.stdout.isTTY === true) throw notForTerminals();
  const { renderPdf } = await import('../output/pdf');
  const { openSink, writeAll } = await import('../output/streams');
  const sink =
    output === undefined || output === '-' ? cli.stdout : await openSink(output, { force: call.has('force') });
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield await renderPdf(document);
  }
  await writeAll(chunks(), sink);
  if (output !== undefined) cli.note(`${document.title} written to ${output}`);
  return 0;
}

function contradiction(): WalletError {
  return new WalletError('invalid_usage', '--json and --format pdf contradict each other', {
    why: '--json is short for --format json',
    hint: 'leave one of them out',
  });
}

function notForTerminals(): WalletError {
  return new WalletError('invalid_usage', 'a terminal can not show a PDF', {
    why: 'it is no text',
    hint: 'name a file: -o document.pdf',
  });
}
