import type { Invoice } from '../contract/invoices';
import type { Organisation } from '../contract/organisation';
import type { Receipt } from '../contract/purchases';
import type { AllStatements, StatementReport, UsageFigures } from '../contract/reports';
import { MOVEMENTS } from '../core/report/statement';
import type { PdfDocument, PdfTable } from '../output/pdf';
import { SANDBOX } from './wording';

/** Times of a document, as the organisation's clock shows them. */
type Clock = (time: string) => string;

export function statementDocument(
  statement: StatementReport,
  org: Organisation,
  titles: Readonly<Record<(typeof MOVEMENTS)[number], string>>,
  clock: Clock,
): PdfDocument {
  const { from, to, timeZone } = statement.range;
  return {
    title: 'Statement of prepaid credits',
    ...markOf(org),
    facts: [
      ...partyOf(org),
      ['From', from === null ? 'the beginning' : clock(from)],
      ['To', to === null ? 'now' : `${clock(to)} (excluded)`],
      ['Time zone', timeZone],
      ['Currency', 'USD (1 credit = 1 USD)'],
    ],
    tables: [
      {
        columns: [
          { title: 'Movement', share: 3 },
          { title: 'USD', share: 2, isNumber: true },
        ],
        rows: [['Opening', statement.opening], ...MOVEMENTS.map((name) => [titles[name], statement[name]])],
        total: ['Closing', statement.closing],
      },
      usageTable(
        'By service',
        statement.byService.map((row) => [row.service, row] as const),
      ),
      usageTable(
        'By app',
        statement.byApp.map((row) => [row.app, row] as const),
      ),
    ],
    notes: [
      `Invoiced for postpaid services in this period: ${statement.invoiced} USD; it is no part of the sum above.`,
      'Movements are signed. Opening and movements come to the closing exactly.',
    ],
    date: new Date(to ?? 0),
  };
}

/** Amounts side by side: more would be cut short. */
const ACROSS = 4;

/** The statements of all organisations, a row for each: in tables of a few amounts, as a page is narrow. */
export function allStatementsDocument(
  all: AllStatements,
  org: Organisation,
  titles: Readonly<Record<(typeof MOVEMENTS)[number], string>>,
  period: string,
): PdfDocument {
  const moved = MOVEMENTS.filter((name) => name === 'used' || Number(all.total[name]) !== 0);
  const names = ['opening', ...moved, 'closing', 'invoiced'] as const;
  const parts = [names.slice(0, ACROSS), names.slice(ACROSS, 2 * ACROSS), names.slice(2 * ACROSS)];
  const known = { opening: 'Opening', closing: 'Closing', invoiced: 'Invoiced', ...titles };
  const ends = all.organisations.map(({ range }) => Date.parse(range.to ?? '1970-01-01T00:00:00Z'));
  return {
    title: 'Statement of all organisations',
    ...markOf(org),
    facts: [
      ['Period', period],
      ['Organisations', String(all.organisations.length)],
      ['Days', 'each organisation’s own'],
      ['Currency', 'USD (1 credit = 1 USD)'],
    ],
    tables: parts
      .filter((part) => part.length > 0)
      .map((part) => ({
        columns: [
          { title: 'Organisation', share: 4 },
          ...part.map((name) => ({ title: known[name], share: 3, isNumber: true })),
        ],
        rows: all.organisations.map((row) => [row.org, ...part.map((name) => row[name])]),
        total: ['Total', ...part.map((name) => all.total[name])],
      })),
    notes: [
      'Movements are signed. Opening and movements come to the closing exactly.',
      'What was invoiced for postpaid services is no part of that sum.',
    ],
    date: new Date(Math.max(0, ...ends)),
  };
}

export function invoiceDocument(invoice: Invoice, org: Organisation, clock: Clock): PdfDocument {
  const residue = Number(invoice.rounding) === 0 ? [] : [['Rounding to the cent', '', '', invoice.rounding]];
  return {
    title: `Invoice ${invoice.number}`,
    ...markOf(org),
    facts: [
      ...partyOf(org),
      ['Period', invoice.period],
      ['Issued', clock(invoice.issuedAt)],
      ['Due', clock(invoice.dueAt)],
      [
        'Status',
        invoice.paidAt === null
          ? `${invoice.status}${invoice.overdue ? ', overdue' : ''}`
          : `paid ${clock(invoice.paidAt)}`,
      ],
      ['Currency', 'USD'],
    ],
    tables: [
      {
        columns: [
          { title: 'Service', share: 4 },
          { title: 'Quantity', share: 2, isNumber: true },
          { title: 'Free', share: 2, isNumber: true },
          { title: 'USD', share: 3, isNumber: true },
        ],
        rows: [
          ...invoice.lines.map((line) => [line.service, String(line.quantity), String(line.freeQuantity), line.amount]),
          ...residue,
        ],
        total: ['Total', '', '', invoice.total],
      },
    ],
    notes: [`Invoice id ${invoice.id}${invoice.purchase === null ? '' : `, charged by ${invoice.purchase}`}.`],
    date: new Date(invoice.issuedAt),
  };
}

export function receiptDocument(receipt: Receipt, org: Organisation, clock: Clock): PdfDocument {
  return {
    title: `Receipt ${receipt.number}`,
    ...markOf(org),
    facts: receiptFacts(receipt, clock, org.postalAddress).map(([label, value]) => [
      `${label[0]?.toUpperCase()}${label.slice(1)}`,
      value,
    ]),
    tables: [
      {
        columns: [
          { title: 'What', share: 5 },
          { title: 'USD', share: 2, isNumber: true },
        ],
        rows: receipt.lines.map(({ description, amount }) => [description, amount]),
        total: ['Total paid', receipt.total],
      },
      ...(receipt.returns.length === 0 ? [] : [returnsTable(receipt, clock)]),
    ],
    notes: [
      'One credit is one US dollar.',
      `Purchase ${receipt.purchase}${receipt.transaction === null ? '' : `, transaction ${receipt.transaction}`}.`,
    ],
    date: new Date(receipt.paidAt),
  };
}

/** What stands above the lines of a receipt, on paper and on a screen. */
export function receiptFacts(
  receipt: Receipt,
  clock: Clock,
  postalAddress: string | null,
): readonly (readonly [string, string])[] {
  const { payer, memo, providerReference } = receipt;
  const address = addressLines(payer.address) || postalAddress || '';
  return [
    ['paid by', payer.name],
    ...(payer.name === receipt.org ? [] : [['organisation', receipt.org] as const]),
    ...(address === '' ? [] : [['address', address] as const]),
    ...(payer.email === null ? [] : [['e-mail', payer.email] as const]),
    ['paid with', receipt.paidWith],
    ['ordered', clock(receipt.orderedAt)],
    ['paid', clock(receipt.paidAt)],
    ['status', receipt.status.replace('_', ' ')],
    ...(providerReference === null ? [] : [['reference', providerReference] as const]),
    ...(memo === null ? [] : [['memo', memo] as const]),
  ];
}

function addressLines(address: Receipt['payer']['address']): string {
  if (address === null) return '';
  const { line1, postalCode, city, state, country } = address;
  const town = [postalCode, city].filter((part) => part !== null).join(' ');
  return [line1, town, state, country].filter((part) => part !== null && part !== '').join(', ');
}

function returnsTable(receipt: Receipt, clock: Clock): PdfTable {
  return {
    title: 'Given back since',
    columns: [
      { title: 'When', share: 3 },
      { title: 'What', share: 2 },
      { title: 'USD', share: 2, isNumber: true },
    ],
    rows: receipt.returns.map(({ at, kind, amount }) => [
      clock(at),
      kind === 'dispute' ? 'disputed' : 'refund',
      `-${amount}`,
    ]),
    total: ['Kept', '', receipt.kept],
  };
}

function partyOf(org: Organisation): readonly (readonly [string, string])[] {
  const contact = org.accountingContact ?? org.email;
  const lines = org.postalAddress === null ? [] : [['Address', org.postalAddress] as const];
  return [['Organisation', org.name], ...lines, ...(contact === null ? [] : [['Contact', contact] as const])];
}

function markOf({ mode }: Organisation): { mark?: string } {
  return mode === 'live' ? {} : { mark: mode === 'sandbox' ? `${SANDBOX}: no real money` : 'TEST: no real money' };
}

function usageTable(title: string, rows: readonly (readonly [string | null, UsageFigures])[]): PdfTable {
  return {
    title,
    columns: [
      { title: 'Name', share: 4 },
      { title: 'Count', share: 2, isNumber: true },
      { title: 'Quantity', share: 2, isNumber: true },
      { title: 'Free', share: 2, isNumber: true },
      { title: 'Credits', share: 3, isNumber: true },
      { title: 'Invoiced', share: 3, isNumber: true },
    ],
    rows: rows.map(([name, row]) => [
      name ?? '-',
      String(row.transactions),
      String(row.quantity),
      String(row.freeQuantity),
      row.amount,
      row.invoiced,
    ]),
  };
}
