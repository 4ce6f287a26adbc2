import * as z from 'zod';
import type { Nouns } from './routes';

/** The request of an operation; `object` where it takes none. */
type RequestOf<M> = M extends (...args: infer A) => unknown ? (A extends [infer R] ? R : object) : never;

/** One codec for every field of a request, optional where the field is; the idempotency key is a header. */
type Shape<R> = {
  readonly [K in Exclude<keyof R, 'idempotencyKey'>]-?: Record<never, never> extends Pick<R, K>
    ? z.ZodExactOptional<z.ZodType<Exclude<R[K], undefined>>>
    : z.ZodType<R[K]>;
};

type Shapes = {
  readonly [N in keyof Nouns]: { readonly [V in keyof Nouns[N]]: Shape<RequestOf<Nouns[N][V]>> };
};

const LONGEST_LIST = 1_000;
const LONGEST_BATCH = 10_000;

const text = z.string().max(10_000);
const optionalText = text.exactOptional();
const flag = z.boolean().exactOptional();
const texts = z.array(text).max(LONGEST_LIST);
const optionalTexts = texts.exactOptional();
const change = { dryRun: flag };
const page = { limit: z.int().min(1).max(10_000).exactOptional(), cursor: optionalText };
const address = z.strictObject({
  line1: text.nullable().exactOptional(),
  city: text.nullable().exactOptional(),
  state: text.nullable().exactOptional(),
  postalCode: text.nullable().exactOptional(),
  country: text.nullable().exactOptional(),
});
const billing = { name: optionalText, email: optionalText, address: address.exactOptional() };
const cardRole = z.enum(['primary', 'backup']);
const terms = { freeQuota: optionalText, billing: optionalText, tiers: optionalText };
const filter = {
  types: optionalTexts,
  services: optionalTexts,
  apps: optionalTexts,
  users: optionalTexts,
  campaigns: optionalTexts,
  search: optionalText,
  period: optionalText,
  from: optionalText,
  to: optionalText,
  min: optionalText,
  max: optionalText,
  upTo: z.int().min(0).exactOptional(),
};
const query = { ...filter, ...page, order: z.enum(['asc', 'desc']).exactOptional() };
const event = {
  app: text,
  service: text,
  quantity: text,
  id: optionalText,
  user: optionalText,
  campaign: optionalText,
  time: optionalText,
  memo: optionalText,
};
const lead = {
  app: text,
  service: text,
  campaign: text,
  delivered: text,
  leads: text,
  id: optionalText,
  time: optionalText,
};
const line = z.int().min(0);

const ruleTyped = {
  below: optionalText,
  amount: optionalText,
  refillTo: optionalText,
  monthlyCap: optionalText,
  dailyCount: optionalText,
  cooldown: optionalText,
  maxFailures: optionalText,
};
const planned = { name: optionalText, unit: optionalText, price: optionalText };
const plan = z.strictObject({
  services: z.array(z.strictObject({ service: text, ...planned, ...terms })).max(LONGEST_LIST),
  apps: z
    .array(z.strictObject({ app: text, name: optionalText, limit: optionalText, onLimit: optionalText }))
    .max(LONGEST_LIST),
  recharge: z.strictObject({ ...ruleTyped, enabled: flag }).exactOptional(),
});

function rowsOf<S extends z.core.$ZodShape>(shape: S) {
  return z.array(z.strictObject({ line, ...shape })).max(LONGEST_BATCH);
}

/** The shape of every request on the wire. A field without a codec does not compile, nor one that does not fit it. */
export const SHAPES: Shapes = {
  organisation: {
    init: {
      org: text,
      provider: z.enum(['sandbox', 'stripe']).exactOptional(),
      email: optionalText,
      timeZone: optionalText,
      accountingContact: optionalText,
      postalAddress: optionalText,
      dailyLimit: optionalText,
      confirmAbove: optionalText,
      ...change,
    },
    status: {},
    show: {},
    list: {},
  },
  credit: {
    balance: {},
    adjust: { direction: z.enum(['add', 'remove']), credits: text, reason: text, ...change },
    addGrant: { credits: text, reason: text, expires: optionalText, priority: optionalText, ...change },
    listGrants: { ...page, all: flag },
    voidGrant: { id: text, ...change },
  },
  purchases: {
    buy: {
      credits: text,
      card: optionalText,
      billingAccount: flag,
      memo: optionalText,
      again: flag,
      confirmAmount: optionalText,
      ...change,
    },
    list: page,
    show: { id: text },
    receipt: { id: text },
    sendReceipt: { id: text, to: text },
    cancel: { id: text, ...change },
    resolve: { id: text, ...change },
    refund: { id: text, amount: optionalText, ...change },
    reconcile: {},
  },
  recharge: {
    set: {
      ...ruleTyped,
      ...change,
    },
    show: {},
    on: change,
    off: change,
    check: change,
    history: page,
    trace: page,
    simulate: {
      below: text,
      amount: optionalText,
      refillTo: optionalText,
      monthlyCap: optionalText,
      dailyCount: optionalText,
      cooldown: optionalText,
      period: optionalText,
    },
  },
  alerts: {
    addLowBalance: { below: text, to: texts, ...change },
    addSpend: { over: text, per: text, app: optionalText, service: optionalText, to: texts, ...change },
    route: { kind: text, to: texts, ...change },
    list: {},
    remove: { id: text, ...change },
    test: { id: text, ...change },
    history: page,
    check: change,
  },
  cron: { run: { org: optionalText } },
  cards: {
    add: { paymentMethod: text, role: cardRole.exactOptional(), ...billing, ...change },
    list: {},
    show: { id: text },
    edit: { id: text, expiry: optionalText, ...billing, ...change },
    assign: { id: text, role: cardRole, ...change },
    remove: { id: text, replaceWith: optionalText, force: flag, ...change },
    setup: { role: cardRole.exactOptional(), ...change },
    sync: {},
  },
  billing: {
    set: { email: text, netDays: text, purchaseOrder: optionalText, ...change },
    show: {},
    off: change,
    portal: {},
  },
  catalogue: {
    addService: { service: text, price: text, unit: optionalText, name: optionalText, ...terms, ...change },
    setService: { service: text, price: optionalText, from: optionalText, ...terms, ...change },
    listServices: {},
    showService: { service: text },
    addApp: { app: text, name: optionalText, ...change },
    listApps: {},
    showApp: { app: text },
    limitApp: { app: text, monthly: text, onLimit: optionalText, ...change },
    archiveApp: { app: text, ...change },
  },
  usage: {
    record: { ...event, recharge: flag, ...change },
    postBatch: { rows: rowsOf(event), createApps: flag, recharge: flag, source: optionalText, ...change },
    reverse: { transaction: text, quantity: optionalText, reason: optionalText, ...change },
    afford: { app: text, service: text, quantity: text },
  },
  holds: {
    create: {
      app: text,
      service: text,
      quantity: optionalText,
      credits: optionalText,
      expires: optionalText,
      campaign: optionalText,
      ...change,
    },
    capture: { id: text, quantity: optionalText, overflow: flag, ...change },
    release: { id: text, ...change },
    list: { ...page, all: flag },
  },
  transactions: { list: query, csv: query, totals: filter, explain: { id: text } },
  reports: {
    usage: { ...filter, by: texts },
    statement: { period: text },
    allStatements: { period: text },
    forecast: { period: optionalText },
    upcoming: { within: optionalText },
    journal: { format: text, period: optionalText, cursor: optionalText },
    costPerLead: { ...filter, by: texts },
  },
  invoices: {
    run: { period: optionalText, ...change },
    pay: { id: text, ...change },
    list: {},
    show: { id: text },
  },
  plans: {
    show: { document: plan },
    apply: { document: plan, digest: text, ...change },
  },
  periods: { close: { period: text, ...change }, list: {} },
  leads: {
    record: { ...lead, ...change },
    import: { rows: rowsOf(lead), source: optionalText, ...change },
  },
  access: {
    createToken: { role: text, app: optionalText, expires: optionalText, name: optionalText, ...change },
    listTokens: {},
    revokeToken: { id: text, ...change },
    addUser: { user: text, email: text, role: text, app: optionalText, ...change },
    listUsers: {},
    setRole: { user: text, role: text, app: optionalText, ...change },
    removeUser: { user: text, ...change },
  },
  audit: {
    list: { ...page, actor: optionalText, action: optionalText, order: z.enum(['asc', 'desc']).exactOptional() },
    verify: { full: flag, provider: flag },
  },
};
