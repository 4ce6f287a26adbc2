import { cellAt, type Places, type RowFile, type RowKind, type Source } from './rows';
import { guessFormat } from './usage-rows';

/** A row of a file of leads, cells as they stood there. */
export interface LeadInputRow {
  readonly line: number;
  readonly app: string;
  readonly service: string;
  readonly campaign: string;
  readonly delivered: string;
  readonly leads: string;
  readonly id?: string;
  readonly time?: string;
}

type Required = 'app' | 'service' | 'campaign' | 'delivered' | 'leads';
type Optional = 'id' | 'time';

const LEADS: RowKind<LeadInputRow, Required, Optional> = {
  required: ['app', 'service', 'campaign', 'delivered', 'leads'],
  optional: ['id', 'time'],
  build: buildRow,
};

const BATCH_ROWS = 2_000;

/** Opens a file of leads, CSV or NDJSON by its name, to be read in batches. Throws `invalid_input`. */
export async function openLeadRows(source: Source, path: string): Promise<RowFile<LeadInputRow, Required | Optional>> {
  if (guessFormat(path) === 'csv') {
    const { openCsvRows } = await import('./csv-rows');
    return openCsvRows(source, LEADS, { batchRows: BATCH_ROWS });
  }
  const { openNdjsonRows } = await import('./ndjson');
  return openNdjsonRows(source, LEADS, { batchRows: BATCH_ROWS });
}

function buildRow(line: number, cells: readonly string[], at: Places<Required | Optional>): LeadInputRow {
  const cell = (field: Required) => cells[at[field]] ?? '';
  const id = cellAt(cells, at.id);
  const time = cellAt(cells, at.time);
  return {
    line,
    app: cell('app'),
    service: cell('service'),
    campaign: cell('campaign'),
    delivered: cell('delivered'),
    leads: cell('leads'),
    ...(id === undefined ? {} : { id }),
    ...(time === undefined ? {} : { time }),
  };
}
