import { type Credits, formatCredits, negate } from '../credits';
import { formatDate, type PlainDate } from '../date';
import { ACCOUNTS, type Account, accountName, usageAccount } from '../ledger/chart';

/** The accounting programs whose files the journal can be written for. */
export const JOURNAL_FORMATS = ['hledger', 'ledger', 'beancount'] as const;

export type JournalFormat = (typeof JOURNAL_FORMATS)[number];

/** One posting of a journal: what it added to an account (a debit is positive). */
export interface JournalPosting {
  readonly account: string;
  readonly amount: Credits;
}

/** One transaction of a journal. Its postings sum to zero. */
export interface JournalEntry {
  readonly date: PlainDate;
  /** The transaction's id: a tag, and in beancount a link. Null for opening balances. */
  readonly id: string | null;
  readonly description: string;
  readonly tags: readonly (readonly [name: string, value: string])[];
  readonly postings: readonly JournalPosting[];
}

/** Tags that entries carry: ledger wants them declared. */
const JOURNAL_TAGS = [
  'id',
  'time',
  'app',
  'user',
  'campaign',
  'quantity',
  'free-quantity',
  'unit-price',
  'memo',
  'reference',
  'event',
  'actor',
] as const;

/** Where the opening balances of a period come from. */
export const OPENING_ACCOUNT = 'equity:opening';

/** Every account of the chart and of the services, by number. `services` are names by their number. */
export function chartOf(services: ReadonlyMap<number, string>): ReadonlyMap<Account, string> {
  const fixed = Object.values(ACCOUNTS).map((account) => [account, accountName(account, null)] as const);
  const usage = [...services].map(
    ([number, name]) => [usageAccount(number), accountName(usageAccount(number), name)] as const,
  );
  return new Map([...fixed, ...usage]);
}

/** What opens the books of a period: what was had and owed before it. Expenses and income start at zero in a period. */
export function openingEntry(date: PlainDate, balances: ReadonlyMap<string, Credits>): JournalEntry {
  const kept = [...balances].filter(([name, amount]) => amount !== 0 && /^(assets|liabilities|equity):/.test(name));
  const postings = kept.map(([account, amount]) => ({ account, amount }));
  const rest = postings.reduce((sum, { amount }) => (sum - amount) as Credits, 0 as Credits);
  return {
    date,
    id: null,
    description: 'opening balances',
    tags: [],
    postings: [...postings, { account: OPENING_ACCOUNT, amount: rest }],
  };
}

/** A transfer as two postings; where nothing moved, both are zero. */
export function postingsOf(debit: string, credit: string, amount: Credits): readonly JournalPosting[] {
  return [
    { account: debit, amount },
    { account: credit, amount: amount === 0 ? amount : negate(amount) },
  ];
}

/** Writes a journal as one of the programs reads it. Free text is made harmless: it can open no tag, date or string. */
export interface JournalWriter {
  head(title: string, accounts: readonly string[]): string;
  entry(entry: JournalEntry): string;
}

export function createJournalWriter(format: JournalFormat, accounts: readonly string[]): JournalWriter {
  return format === 'beancount' ? beancountWriter(accounts) : plainTextWriter(format);
}

function plainTextWriter(format: 'hledger' | 'ledger'): JournalWriter {
  const commodity = format === 'hledger' ? 'commodity 1000.000000 USD' : 'commodity USD\n    format 1000.000000 USD';
  const tags = format === 'ledger' ? `${JOURNAL_TAGS.map((tag) => `tag ${tag}\n`).join('')}\n` : '';
  return {
    head: (title, accounts) =>
      `; ${harmless(title)}\n\n${commodity}\n\n${accounts.map((name) => `account ${name}\n`).join('')}\n${tags}`,
    entry: ({ date, id, description, tags: own, postings }) => {
      const lines = [...(id === null ? [] : [['id', id] as const]), ...own];
      const comments = lines.map(([name, value]) => `    ; ${name}: ${harmless(value)}\n`).join('');
      const body = postings.map(({ account, amount }) => `    ${account}  ${formatCredits(amount)} USD\n`).join('');
      return `${formatDate(date)} * ${harmless(description)}\n${comments}${body}\n`;
    },
  };
}

/** A comma ends a tag's value, brackets hold dates, and a line is a line. */
function harmless(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ')
    .replaceAll(',', ';')
    .replaceAll('[', '(')
    .replaceAll(']', ')')
    .trim();
}

function beancountWriter(accounts: readonly string[]): JournalWriter {
  const names = beancountNames([...accounts, OPENING_ACCOUNT]);
  const nameOf = (account: string) => names.get(account) ?? account;
  return {
    head: (title) =>
      `option "title" ${quoted(title)}\noption "operating_currency" "USD"\n\n1970-01-01 commodity USD\n${[...names.values()].map((name) => `1970-01-01 open ${name} USD\n`).join('')}\n`,
    entry: ({ date, id, description, tags, postings }) => {
      const head = `${formatDate(date)} * ${quoted(description)}${id === null ? '' : ` ^${id}`}\n`;
      const metadata = [...(id === null ? [] : [['id', id] as const]), ...tags];
      const lines = metadata.map(([name, value]) => `  ${name}: ${quoted(value)}\n`).join('');
      const body = postings
        .map(({ account, amount }) => `  ${nameOf(account)}  ${formatCredits(amount)} USD\n`)
        .join('');
      return `${head}${lines}${body}\n`;
    },
  };
}

/** beancount wants capitals and knows neither dots nor underscores; names that would fall together are numbered. */
function beancountNames(accounts: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    accounts.map((account) => {
      const plain = account.split(':').map(capitalised).join(':');
      let name = plain;
      for (let count = 2; taken.has(name); count += 1) name = `${plain}-${count}`;
      taken.add(name);
      return [account, name];
    }),
  );
}

function capitalised(part: string): string {
  const clean = part.replace(/[^A-Za-z0-9-]/g, '-');
  return clean.slice(0, 1).toUpperCase() + clean.slice(1);
}

function quoted(text: string): string {
  return `"${text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ').replace(/["\\]/g, '\\$&')}"`;
}
