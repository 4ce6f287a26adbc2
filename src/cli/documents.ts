import type { Invoice } from '../contract/invoices';
import type { Organisation } from '../contract/organisation';
import type { Receipt } from '../contract/purchases';
import type { StatementReport, UsageFigures } from '../contract/reports';
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
    facts: receiptFacts(receipt, clock).map(([label, value]) => [`${label[0]?.toUpperCase()}${label.slice(1)}`, value]),
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
export function receiptFacts(receipt: Receipt, clock: Clock): readonly (readonly [string, string])[] {
  const { payer, memo, providerReference } = receipt;
  const address = addressLines(payer.address);
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
