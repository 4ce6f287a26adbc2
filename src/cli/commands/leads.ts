import type { RowReject } from '../../contract/calls';
import { type Call, given } from '../call';
import type { Cli } from '../cli';
import { EXIT_STATUS } from '../exit-status';
import { openFile } from '../input-file';
import type { CommandSpec } from '../spec';
import { counted } from '../wording';

const REJECTS_SHOWN = 20;

export const commands: readonly CommandSpec[] = [
  {
    path: 'leads record',
    summary: 'record deliveries and leads of a campaign',
    options: [
      { flag: '--app <app>', help: 'whose campaign', required: true },
      { flag: '--service <service>', help: 'the channel', required: true },
      { flag: '--campaign <name>', help: 'as its usage names it', required: true },
      { flag: '--delivered <n>', help: 'how many arrived', required: true },
      { flag: '--leads <n>', help: 'how many leads they brought', required: true },
      { flag: '--at <time>', help: 'when; now if not said' },
      { flag: '--id <id>', help: 'their own id, unique for ever' },
    ],
    examples: [
      {
        command: 'wallet leads record --app a --service s --campaign c --delivered 9 --leads 1',
        says: 'what a campaign brought',
      },
    ],
    kind: 'change',
    async run(call, cli) {
      const what = {
        app: call.text('app') ?? '',
        service: call.text('service') ?? '',
        campaign: call.text('campaign') ?? '',
      };
      const counts = { delivered: call.text('delivered') ?? '', leads: call.text('leads') ?? '' };
      const more = { time: call.text('at'), id: call.text('id') };
      const result = await (await cli.wallet()).leads.record(given({ ...what, ...counts, ...more, ...call.change() }));
      const { lead, duplicate } = result;
      const verb = duplicate ? 'recorded before' : 'recorded';
      const text = `${verb}: ${counted(lead.leads, 'lead')} from ${lead.delivered} delivered, ${lead.campaign} by ${lead.service}\n`;
      return cli.show(result, () => text, lead.id);
    },
  },
  {
    path: 'leads import',
    summary: 'record deliveries and leads from a CSV or NDJSON file',
    details: 'Columns: id, time, app, service, campaign, delivered, leads. Ends with 10 if some rows were rejected.',
    args: [{ name: 'file', help: 'the file, or - for stdin' }],
    examples: [{ command: 'wallet leads import leads.csv', says: 'rows with an id are never recorded twice' }],
    kind: 'change',
    run: importLeads,
  },
];

async function importLeads(call: Call, cli: Cli): Promise<number> {
  const { openLeadRows } = await import('../../input/lead-rows');
  const path = call.arg(0);
  const file = await openLeadRows((await openFile(cli, path)).source, path);
  const { leads } = await cli.wallet();
  const { idempotencyKey, dryRun } = call.change();
  const sums = { read: 0, posted: 0, duplicates: 0, rejected: 0 };
  const rejects: RowReject[] = [];
  let isReplay = true;
  let number = 0;
  for await (const batch of file.batches) {
    number += 1;
    const key = idempotencyKey === undefined ? undefined : `${idempotencyKey}:${number}`;
    const answer = await leads.import(given({ rows: batch.rows, source: path, idempotencyKey: key, dryRun }));
    const all = [...batch.rejects.map(({ line, code, message }) => ({ line, code, message })), ...answer.rejects];
    isReplay &&= answer.replayed === true;
    rejects.push(...all.sort((a, b) => a.line - b.line).slice(0, REJECTS_SHOWN - rejects.length));
    sums.read += batch.rows.length + batch.rejects.length;
    sums.posted += answer.posted;
    sums.duplicates += answer.duplicates;
    sums.rejected += all.length;
  }
  const lines = rejects.map(({ line, code, message }) => `line ${line}: ${message} (${code})\n`).join('');
  const counts = `${counted(sums.read, 'row')} read, ${sums.posted} recorded, ${sums.duplicates} seen before, ${sums.rejected} rejected\n`;
  const replayed = isReplay && sums.read > 0 ? (true as const) : undefined;
  await cli.show(given({ ...sums, rejects, replayed, dryRun: call.flag('dry-run') }), () => `${lines}${counts}`);
  return sums.rejected > 0 ? EXIT_STATUS.partly_done : 0;
}
