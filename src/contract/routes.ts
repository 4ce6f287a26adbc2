import type { WalletService } from './wallet-service';

/** Everything of the service that can be asked for, by noun. */
export type Nouns = Omit<WalletService, 'close'>;

/**
 * Where an operation is found. Fields of the request that the path names in braces travel in it; the rest travels as
 * the query of a GET and as the JSON body of a POST, the idempotency key as the header `Idempotency-Key`.
 */
export interface RemoteRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly summary: string;
  /** How a POST may be sent again: under its key, which it must have; because doing it twice is doing it once. */
  readonly again: 'key' | 'always';
  /** The most bytes the body may have. */
  readonly bodyLimit: number;
  /** Asked for, a card processor or a mail server is called: fewer of those a second. */
  readonly outward: boolean;
  /** It finds out by itself whether its caller may still come, so that nobody has to look before. */
  readonly looksItself?: boolean;
}

/** An operation that works on the ledger file itself, and so only where the ledger is. */
interface LocalRoute {
  readonly local: string;
}

export type Route = RemoteRoute | LocalRoute;

type Routes = { readonly [N in keyof Nouns]: { readonly [V in keyof Nouns[N]]: Route } };

const BODY_LIMIT = 64 * 1024;
const BATCH_LIMIT = 16 * 1024 * 1024;

/** One line for every operation: one without a line does not compile. The server and the client are each a loop over it. */
const ROUTES: Routes = {
  organisation: {
    init: { local: 'an organisation is created where its ledger is' },
    status: get('/v1/status', 'The account at a glance'),
    show: get('/v1/organisation', 'The organisation and its settings'),
    list: get('/v1/organisations', 'The organisations that the token may know of'),
  },
  credit: {
    balance: get('/v1/balance', 'The credits there are'),
    adjust: post('/v1/adjustments', 'Correct the balance'),
    addGrant: post('/v1/grants', 'Give promotional credits'),
    listGrants: get('/v1/grants', 'The grants and what remains of each'),
    voidGrant: post('/v1/grants/{id}/void', 'Void what remains of a grant'),
  },
  purchases: {
    buy: outward(post('/v1/purchases', 'Buy credits')),
    list: get('/v1/purchases', 'Purchases, newest first'),
    show: get('/v1/purchases/{id}', 'One purchase'),
    receipt: get('/v1/purchases/{id}/receipt', 'What was paid, for the books'),
    sendReceipt: outward(repeatable('/v1/purchases/{id}/receipt/send', 'Send the receipt by e-mail')),
    cancel: outward(post('/v1/purchases/{id}/cancel', 'Give a pending purchase up')),
    resolve: outward(post('/v1/purchases/{id}/resolve', 'Take an open purchase further')),
    refund: outward(post('/v1/purchases/{id}/refund', 'Give money back to the card')),
    reconcile: repeatable('/v1/reconcile', 'Settle what is pending with the processor'),
  },
  recharge: {
    set: post('/v1/recharge', 'Set the auto top-up rule'),
    show: get('/v1/recharge', 'The auto top-up rule'),
    on: post('/v1/recharge/on', 'Switch auto top-up on'),
    off: post('/v1/recharge/off', 'Switch auto top-up off'),
    check: post('/v1/recharge/check', 'Top up if the rule says so'),
    history: get('/v1/recharge/history', 'Purchases that the rule made'),
    trace: get('/v1/recharge/trace', 'Evaluations of the rule'),
    simulate: get('/v1/recharge/simulation', 'What a rule would have done'),
  },
  alerts: {
    addLowBalance: post('/v1/alerts/low-balance', 'Be told when the credits fall below a mark'),
    addSpend: post('/v1/alerts/spend', 'Be told when more than an amount is used'),
    route: post('/v1/alerts/routes', 'Say where a built-in alert goes'),
    list: get('/v1/alerts', 'The alerts and where they stand'),
    remove: post('/v1/alerts/{id}/remove', 'Remove an alert'),
    test: outward(post('/v1/alerts/{id}/test', 'Send a test notice')),
    retry: outward(post('/v1/deliveries/retry', 'Send again what was given up')),
    history: get('/v1/notices', 'What was told, newest first'),
    check: post('/v1/alerts/check', 'See what came about by time, and deliver what is due'),
  },
  cron: {
    run: repeatable('/v1/cron/run', 'One tick of everything that is due'),
  },
  cards: {
    add: outward(post('/v1/cards', 'Put a card on file by the id its processor gave it')),
    list: get('/v1/cards', 'The cards on file'),
    show: get('/v1/cards/{id}', 'One card'),
    edit: post('/v1/cards/{id}', 'Edit a card'),
    assign: post('/v1/cards/{id}/role', 'Make a card primary or backup'),
    remove: post('/v1/cards/{id}/remove', 'Remove a card'),
    setup: outward(post('/v1/card-setups', "Open the processor's page for a card")),
    sync: repeatable('/v1/card-setups/sync', 'Put cards on file that were typed in since'),
  },
  billing: {
    set: post('/v1/billing-account', 'Set the billing account'),
    show: get('/v1/billing-account', 'The billing account'),
    off: post('/v1/billing-account/off', 'Switch the billing account off'),
    portal: outward(repeatable('/v1/billing-portal', "A link to the processor's own page")),
  },
  catalogue: {
    addService: post('/v1/services', 'Add a service'),
    setService: post('/v1/services/{service}', 'A new price version of a service'),
    listServices: get('/v1/services', 'The services and their prices'),
    showService: get('/v1/services/{service}', 'One service with every price it had'),
    addApp: post('/v1/apps', 'Add an app'),
    listApps: get('/v1/apps', 'The apps and their budgets'),
    showApp: get('/v1/apps/{app}', 'One app'),
    limitApp: post('/v1/apps/{app}/limit', 'Set the budget of an app'),
    archiveApp: post('/v1/apps/{app}/archive', 'Archive an app'),
  },
  usage: {
    record: looksItself(post('/v1/usage', 'Post one event')),
    postBatch: batch('/v1/usage/batch', 'Post many events; each has its own outcome'),
    reverse: post('/v1/transactions/{transaction}/reverse', 'Reverse usage'),
    afford: get('/v1/afford', 'Whether a job may run'),
  },
  holds: {
    create: post('/v1/holds', 'Reserve credits for a job'),
    capture: post('/v1/holds/{id}/capture', 'Take what was used; the rest returns'),
    release: post('/v1/holds/{id}/release', 'Give a hold back'),
    show: get('/v1/holds/{id}', 'A hold, and the usage it was captured for'),
    list: get('/v1/holds', 'The holds'),
  },
  transactions: {
    list: get('/v1/transactions', 'Transactions'),
    csv: get('/v1/transactions/csv', 'Transactions as finished CSV lines'),
    totals: get('/v1/transactions/totals', 'Sums of transactions'),
    explain: get('/v1/transactions/{id}/explanation', 'Why a transaction has its amount'),
  },
  reports: {
    usage: get('/v1/reports/usage', 'Sums of usage by groups'),
    statement: get('/v1/reports/statement', 'Opening, movements and closing of a period'),
    allStatements: get('/v1/reports/statements', 'The statements of every organisation that the token may know of'),
    forecast: get('/v1/reports/forecast', 'How fast credits are used'),
    upcoming: get('/v1/upcoming', 'What lapses or falls due'),
    journal: get('/v1/reports/journal', 'The log as a plain-text accounting journal'),
    costPerLead: get('/v1/reports/cost-per-lead', 'What deliveries and leads cost'),
  },
  invoices: {
    run: post('/v1/invoices', 'Bill what is on no invoice yet'),
    pay: outward(post('/v1/invoices/{id}/pay', 'Pay an invoice')),
    list: get('/v1/invoices', 'Invoices'),
    show: get('/v1/invoices/{id}', 'One invoice'),
  },
  plans: {
    show: repeatable('/v1/plans', 'What a plan would change and charge'),
    apply: post('/v1/plans/apply', 'Do what a plan said'),
  },
  periods: {
    close: post('/v1/periods', 'Prove a month and seal it'),
    list: get('/v1/periods', 'The months that are closed'),
  },
  leads: {
    record: post('/v1/leads', 'Record deliveries and leads'),
    import: batch('/v1/leads/batch', 'Record many of them'),
  },
  access: {
    createToken: post('/v1/tokens', 'Make a token; its secret is answered once'),
    listTokens: get('/v1/tokens', 'The tokens, without their secrets'),
    revokeToken: post('/v1/tokens/{id}/revoke', 'End a token at once'),
    addUser: post('/v1/users', 'Register a person'),
    listUsers: get('/v1/users', 'The registered people'),
    setRole: post('/v1/users/{user}/role', 'Change what a person may do'),
    removeUser: post('/v1/users/{user}/remove', 'Take a person out'),
  },
  audit: {
    list: get('/v1/audit', 'Who changed what, when and why'),
    verify: get('/v1/verification', 'Prove the ledger'),
  },
};

function get(path: string, summary: string): RemoteRoute {
  return { method: 'GET', path, summary, again: 'always', bodyLimit: 0, outward: false };
}

function post(path: string, summary: string): RemoteRoute {
  return { method: 'POST', path, summary, again: 'key', bodyLimit: BODY_LIMIT, outward: false };
}

function batch(path: string, summary: string): RemoteRoute {
  return { ...post(path, summary), bodyLimit: BATCH_LIMIT };
}

function repeatable(path: string, summary: string): RemoteRoute {
  return { ...post(path, summary), again: 'always' };
}

function outward(route: RemoteRoute): RemoteRoute {
  return { ...route, outward: true };
}

function looksItself(route: RemoteRoute): RemoteRoute {
  return { ...route, looksItself: true };
}

/** The routes in a row, each with the noun and the verb it stands for. */
export function listRoutes(): readonly { noun: keyof Nouns; verb: string; route: Route }[] {
  return Object.entries(ROUTES).flatMap(([noun, verbs]) =>
    // The table's own keys: it has no others.
    Object.entries(verbs).map(([verb, route]) => ({ noun: noun as keyof Nouns, verb, route: route as Route })),
  );
}

/** The names that the path has in braces. */
export function pathNames(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
}
