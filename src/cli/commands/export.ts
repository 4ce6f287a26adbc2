import { JOURNAL_FORMATS } from '../../core/report/journal';
import { type Call, given } from '../call';
import type { Cli } from '../cli';
import { sayRange } from '../filters';
import type { CommandSpec } from '../spec';
import { counted } from '../wording';

export const commands: readonly CommandSpec[] = [
  {
    path: 'export journal',
    summary: 'the books for hledger, ledger or beancount',
    details:
      'Every transfer from the account holder’s side of the books, ids as tags. With a period the books open with what was had and owed before it; expenses and income start at zero.',
    options: [
      { flag: '--format <program>', help: 'which program reads it', choices: JOURNAL_FORMATS, required: true },
      { flag: '--period <period>', help: 'such as 2026-10; everything if not said' },
      { flag: '--output <file>', short: '-o', help: 'write to a file, whole or not at all' },
      { flag: '--force', help: 'overwrite the file' },
    ],
    examples: [
      {
        command: 'wallet export journal --format hledger -o wallet.journal',
        says: 'then: hledger -f wallet.journal bal',
      },
      { command: 'wallet export journal --format beancount --period 2026', says: 'one year' },
    ],
    kind: 'read',
    run: exportJournal,
  },
];

async function exportJournal(call: Call, cli: Cli): Promise<0> {
  const { reports } = await cli.wallet();
  const asked = given({ format: call.text('format') ?? '', period: call.text('period') });
  const { openSink, writeAll } = await import('../../output/streams');
  const output = call.text('output');
  if (cli.isJson && output === undefined) return showJson(cli, reports, asked);
  let entries = 0;
  async function* pages(): AsyncGenerator<string> {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await reports.journal(given({ ...asked, cursor }));
      if (cursor === undefined) await sayRange(page.range, cli);
      entries += page.entries;
      yield page.text;
      cursor = page.next;
    }
  }
  await writeAll(
    pages(),
    output === undefined || output === '-' ? cli.stdout : await openSink(output, { force: call.has('force') }),
  );
  if (output !== undefined) cli.note(`${counted(entries, 'entry', 'entries')} written to ${output}`);
  return 0;
}

type Reports = Awaited<ReturnType<Cli['wallet']>>['reports'];

async function showJson(cli: Cli, reports: Reports, asked: { format: string; period?: string }): Promise<0> {
  let journal = '';
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await reports.journal(given({ ...asked, cursor }));
    journal += page.text;
    cursor = page.next;
  }
  return cli.show({ format: asked.format, journal }, () => journal);
}
