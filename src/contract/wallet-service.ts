import type { Token, User } from './access';
import type { Alert, AlertAnswer, AlertCheck, Delivery, Notice, Undelivered } from './alerts';
import type { CronRun } from './cron';
import type {
  Address,
  App,
  AuditEntry,
  Balance,
  BillingAccount,
  Card,
  CardSetup,
  Decimal,
  Grant,
  Hold,
  Organisation,
  Page,
  Purchase,
  RechargeRule,
  Refund,
  RowReject,
  Service,
  ServiceHistory,
  Timestamp,
  Transaction,
  VerifyCheck,
} from './objects';
import type { Forecast, Simulation, SimulationRequest, Upcoming } from './outlook';
import type { Plan, PlanDocument } from './plans';
import type { RechargeAnswer, RechargeCheck, RechargeEvaluation, RechargeSetAnswer, RechargeTyped } from './recharge';
import type {
  AllStatements,
  ClosedPeriod,
  Invoice,
  JournalPage,
  JournalRequest,
  Lead,
  LeadReport,
  Receipt,
  StatementReport,
  UsageReport,
} from './reports';

/**
 * Goes with every change. `idempotencyKey`: the same key and the same parameters answer the first result again, with
 * `replayed: true`, and do nothing; other parameters fail with `idempotency_conflict`. `dryRun`: everything is checked
 * and decided, the answer says what would be, and nothing is kept.
 */
export interface ChangeOptions {
  readonly idempotencyKey?: string;
  readonly dryRun?: boolean;
}

/** What every change may add to its answer. */
export interface Changed {
  readonly replayed?: true;
  readonly dryRun?: true;
}

export interface PageRequest {
  /** Rows at most, 1 to 10,000; the service's own page size when absent. */
  readonly limit?: number;
  readonly cursor?: string;
}

export interface InitRequest extends ChangeOptions {
  readonly org: string;
  readonly provider?: 'sandbox' | 'stripe';
  readonly email?: string;
  readonly timeZone?: string;
  readonly accountingContact?: string;
  /** Lines parted by semicolons or line feeds. */
  readonly postalAddress?: string;
  /** The most that may be bought in a day, as typed; `none` for no limit. */
  readonly dailyLimit?: string;
  /** Live purchases above it are confirmed by their amount; `none` for the default. */
  readonly confirmAbove?: string;
}

export interface BuyRequest extends ChangeOptions {
  /** As typed: a plain decimal in steps of 0.01. */
  readonly credits: string;
  readonly card?: string;
  readonly billingAccount?: boolean;
  /** The amount once more: what a large purchase of real money is confirmed by. */
  readonly confirmAmount?: string;
  readonly memo?: string;
  /** Go ahead although an earlier card purchase is unresolved. */
  readonly again?: boolean;
}

export interface BillingDetails {
  readonly name?: string;
  readonly email?: string;
  readonly address?: Partial<Address>;
}

export interface CardAddRequest extends ChangeOptions, BillingDetails {
  /** A processor's payment-method id (`pm_…`); in the sandbox one of Stripe's test tokens. Never a card number. */
  readonly paymentMethod: string;
  readonly role?: 'primary' | 'backup';
}

export interface CardEditRequest extends ChangeOptions, BillingDetails {
  readonly id: string;
  /** MM/YYYY */
  readonly expiry?: string;
}

export interface CardRemoveRequest extends ChangeOptions {
  readonly id: string;
  readonly replaceWith?: string;
  readonly force?: boolean;
}

/** Terms of a service as typed: prices are plain decimals, the quota is `N/month`, tiers are `0:P0,10000:P1`. */
export interface ServiceTerms {
  readonly price?: string;
  readonly freeQuota?: string;
  readonly billing?: string;
  readonly tiers?: string;
}

export interface ServiceAddRequest extends ChangeOptions, ServiceTerms {
  readonly service: string;
  readonly price: string;
  readonly unit?: string;
  readonly name?: string;
}

export interface ServiceSetRequest extends ChangeOptions, ServiceTerms {
  readonly service: string;
  /** When the new version takes effect: a date or an RFC 3339 time; now when absent. */
  readonly from?: string;
}

export interface UsageEvent {
  readonly app: string;
  readonly service: string;
  /** A whole number of units, as typed. */
  readonly quantity: string;
  /** The event's own id: unique for ever within the organisation. */
  readonly id?: string;
  readonly user?: string;
  readonly campaign?: string;
  /** A date or RFC 3339 time; now when absent. */
  readonly time?: string;
  readonly memo?: string;
}

/** An event of a file, with the line it stood on. */
export interface UsageRow extends UsageEvent {
  readonly line: number;
}

/** Whether the next `recharge check` would charge; with the outcome of the one that followed at once, if asked for. */
export interface RechargeDue {
  readonly due: boolean;
  readonly outcome?: RechargeCheck['outcome'];
  readonly purchase?: Purchase;
}

export interface UsageBatchRequest extends ChangeOptions {
  /** Check the auto top-up rule after the batch. */
  readonly recharge?: boolean;
  readonly rows: readonly UsageRow[];
  readonly createApps?: boolean;
  /** Named in the audit trail. */
  readonly source?: string;
}

export interface UsageBatchResult extends Changed {
  readonly read: number;
  readonly posted: number;
  readonly duplicates: number;
  readonly rejects: readonly RowReject[];
  /** Credits this batch took. */
  readonly credits: Decimal;
  /** Absent for an app, which may not see it: here and wherever it is optional. */
  readonly balance?: Balance;
}

/** Deliveries and leads as typed. */
export interface LeadEvent {
  readonly app: string;
  readonly service: string;
  readonly campaign: string;
  readonly delivered: string;
  readonly leads: string;
  /** Their own id: unique for ever within the organisation. */
  readonly id?: string;
  readonly time?: string;
}

export interface LeadBatchRequest extends ChangeOptions {
  readonly rows: readonly (LeadEvent & { readonly line: number })[];
  readonly source?: string;
}

export interface LeadBatchResult extends Changed {
  readonly read: number;
  readonly posted: number;
  readonly duplicates: number;
  readonly rejects: readonly RowReject[];
}

/** What `transactions` and the reports filter by. Times and amounts as typed; lists mean "any of". */
export interface TransactionFilter {
  readonly types?: readonly string[];
  readonly services?: readonly string[];
  readonly apps?: readonly string[];
  readonly users?: readonly string[];
  readonly campaigns?: readonly string[];
  readonly search?: string;
  readonly period?: string;
  readonly from?: string;
  readonly to?: string;
  /** Compares the size of the amount (or of what was invoiced), whatever its sign. */
  readonly min?: string;
  readonly max?: string;
  /** Only what the first so many entries of the log hold: what the list was when the log had that length. */
  readonly upTo?: number;
}

/** Where the ledger stood: its last write, that write's seal, and how many entries its log had. */
export interface LedgerHead {
  readonly instance: string;
  readonly writes: number;
  readonly entries: number;
  readonly head: string;
}

export interface TransactionQuery extends TransactionFilter, PageRequest {
  readonly order?: 'asc' | 'desc';
}

/** The period a filter came to, for the line that says so on stderr. */
export interface ResolvedRange {
  readonly from: Timestamp | null;
  readonly to: Timestamp | null;
  readonly timeZone: string;
}

export interface TransactionPage extends Page {
  readonly transactions: readonly Transaction[];
  readonly range: ResolvedRange;
}

export interface TransactionTotals {
  readonly rows: number;
  readonly quantity: number;
  readonly freeQuantity: number;
  readonly amount: Decimal;
  readonly invoiced: Decimal;
}

/** Finished CSV lines of one page, without the header: the format people export by the million. */
export interface TransactionCsvPage extends Page {
  readonly text: string;
  readonly rows: number;
}

export interface WalletStatus {
  readonly org: Organisation;
  readonly balance: Balance;
  readonly cards: readonly Card[];
  readonly recharge: RechargeRule | null;
  readonly alerts: readonly Alert[];
  /** What of the alerts' outbox has not arrived. */
  readonly undelivered: Undelivered;
  readonly postpaid: { readonly accrued: Decimal; readonly overdue: Decimal };
  readonly pendingPurchases: readonly Purchase[];
  readonly apps: number;
  readonly lastTransaction: Transaction | null;
}

export interface ReconcileResult {
  readonly settled: readonly Purchase[];
  readonly pending: readonly Purchase[];
  /** Refunds and disputes that this run brought forward. */
  readonly refunds: readonly Refund[];
  readonly mismatches: readonly { readonly purchase: string; readonly detail: string }[];
}

export interface HoldCreateRequest extends ChangeOptions {
  readonly app: string;
  readonly service: string;
  readonly quantity?: string;
  readonly credits?: string;
  /** A duration such as `24h`. */
  readonly expires?: string;
  readonly campaign?: string;
}

export interface HoldCaptureRequest extends ChangeOptions {
  readonly id: string;
  readonly quantity?: string;
  readonly overflow?: boolean;
}

export interface Affordability {
  readonly affordable: boolean;
  readonly cost: Decimal;
  /** The limit that says no, and how much is missing to it; null when affordable. */
  readonly limit: { readonly name: string; readonly missing: Decimal; readonly detail: string } | null;
}

/** The operations, grouped by noun. In process and over HTTP it is the same interface; no caller can tell. */
export interface WalletService {
  readonly organisation: {
    /** Creates the organisation, its starter catalogue and, the first time, the ledger. Safe to repeat. */
    init(request: InitRequest): Promise<Changed & { org: Organisation; created: boolean; balance: Balance }>;
    status(): Promise<WalletStatus>;
    /** The organisation's settings, for callers that show local times. */
    show(): Promise<{ org: Organisation }>;
    list(): Promise<{ orgs: readonly Organisation[] }>;
  };
  readonly credit: {
    balance(): Promise<{ balance: Balance }>;
    adjust(
      request: ChangeOptions & { direction: 'add' | 'remove'; credits: string; reason: string },
    ): Promise<Changed & { transaction: Transaction; balance: Balance }>;
    addGrant(
      request: ChangeOptions & { credits: string; reason: string; expires?: string; priority?: string },
    ): Promise<Changed & { grant: Grant; balance: Balance }>;
    listGrants(request: PageRequest & { all?: boolean }): Promise<Page & { grants: readonly Grant[] }>;
    voidGrant(request: ChangeOptions & { id: string }): Promise<Changed & { grant: Grant; balance: Balance }>;
  };
  readonly purchases: {
    buy(request: BuyRequest): Promise<Changed & { purchase: Purchase; balance: Balance }>;
    list(request: PageRequest): Promise<Page & { purchases: readonly Purchase[] }>;
    show(request: { id: string }): Promise<{ purchase: Purchase }>;
    /** What was paid, for the payer's books. Throws `invalid_state` where nothing was. */
    receipt(request: { id: string }): Promise<{ receipt: Receipt }>;
    /** Sends it, as PDF, to an e-mail address. Throws `invalid_config` where no mail server is set. */
    sendReceipt(request: { id: string; to: string }): Promise<{ receipt: Receipt; sentTo: string }>;
    /** Gives a pending purchase up, behind the fence of a confirmed cancel. */
    cancel(request: ChangeOptions & { id: string }): Promise<Changed & { purchase: Purchase; balance: Balance }>;
    /** Takes an open purchase further: reads what became of it, or opens the processor's page for a person to pay on. */
    resolve(request: ChangeOptions & { id: string }): Promise<Changed & { purchase: Purchase; balance: Balance }>;
    refund(
      request: ChangeOptions & { id: string; amount?: string },
    ): Promise<Changed & { purchase: Purchase; balance: Balance }>;
    reconcile(): Promise<ReconcileResult>;
  };
  readonly recharge: {
    /** Sets the rule and switches it on; a charge that would follow is left to the next check. */
    set(request: ChangeOptions & RechargeTyped): Promise<Changed & RechargeSetAnswer>;
    show(): Promise<RechargeAnswer>;
    on(request: ChangeOptions): Promise<Changed & RechargeSetAnswer>;
    off(request: ChangeOptions): Promise<Changed & RechargeAnswer>;
    /** Tops up if the rule says so. Any number at once make one charge. */
    check(request: ChangeOptions): Promise<Changed & RechargeCheck>;
    /** Purchases that the rule made, newest first. */
    history(request: PageRequest): Promise<Page & { purchases: readonly Purchase[] }>;
    /** Evaluations, newest first. */
    trace(request: PageRequest): Promise<Page & { evaluations: readonly RechargeEvaluation[] }>;
    /** What a rule would have done in a period. Changes nothing. */
    simulate(request: SimulationRequest): Promise<Simulation>;
  };
  readonly cron: {
    /** One tick of everything that is due, for every organisation of the ledger or for one. */
    run(request: { org?: string }): Promise<CronRun>;
  };
  readonly alerts: {
    addLowBalance(request: ChangeOptions & { below: string; to: readonly string[] }): Promise<Changed & AlertAnswer>;
    addSpend(
      request: ChangeOptions & { over: string; per: string; app?: string; service?: string; to: readonly string[] },
    ): Promise<Changed & AlertAnswer>;
    /** Says where a built-in alert goes, instead of to the administrators. */
    route(request: ChangeOptions & { kind: string; to: readonly string[] }): Promise<Changed & AlertAnswer>;
    list(): Promise<Page & { alerts: readonly Alert[] }>;
    remove(request: ChangeOptions & { id: string }): Promise<Changed & AlertAnswer>;
    /** Sends a test notice to everybody the alert would tell, at once. */
    test(request: ChangeOptions & { id: string }): Promise<Changed & AlertAnswer & { deliveries: readonly Delivery[] }>;
    /** What was told, newest first. */
    history(request: PageRequest): Promise<Page & { notices: readonly Notice[] }>;
    /** Sees what came about by time alone, and delivers what is due. */
    check(request: ChangeOptions): Promise<Changed & AlertCheck>;
  };
  readonly cards: {
    add(request: CardAddRequest): Promise<Changed & { card: Card; notice?: string }>;
    list(): Promise<Page & { cards: readonly Card[] }>;
    show(request: { id: string }): Promise<{ card: Card }>;
    edit(request: CardEditRequest): Promise<Changed & { card: Card }>;
    assign(request: ChangeOptions & { id: string; role: 'primary' | 'backup' }): Promise<Changed & { card: Card }>;
    remove(request: CardRemoveRequest): Promise<Changed & { card: Card }>;
    /** Opens the processor's page for a card. Throws `invalid_usage` in the sandbox, which has none. */
    setup(request: ChangeOptions & { role?: 'primary' | 'backup' }): Promise<Changed & { setup: CardSetup }>;
    /** Puts the cards on file that were typed in on such pages since. */
    sync(): Promise<{ cards: readonly Card[]; setups: readonly CardSetup[]; notices: readonly string[] }>;
  };
  readonly billing: {
    set(
      request: ChangeOptions & { email: string; netDays: string; purchaseOrder?: string },
    ): Promise<Changed & { billingAccount: BillingAccount }>;
    show(): Promise<{ billingAccount: BillingAccount | null }>;
    off(request: ChangeOptions): Promise<Changed & { billingAccount: BillingAccount }>;
    /** A link to the processor's own page for cards and invoices. */
    portal(): Promise<{ url: string }>;
  };
  readonly catalogue: {
    addService(request: ServiceAddRequest): Promise<Changed & { service: Service }>;
    setService(request: ServiceSetRequest): Promise<Changed & { service: Service }>;
    listServices(): Promise<Page & { services: readonly Service[] }>;
    showService(request: { service: string }): Promise<{ service: ServiceHistory }>;
    addApp(request: ChangeOptions & { app: string; name?: string }): Promise<Changed & { app: App }>;
    listApps(): Promise<Page & { apps: readonly App[] }>;
    showApp(request: { app: string }): Promise<{ app: App }>;
    limitApp(
      request: ChangeOptions & { app: string; monthly: string; onLimit?: string },
    ): Promise<Changed & { app: App }>;
    archiveApp(request: ChangeOptions & { app: string }): Promise<Changed & { app: App }>;
  };
  readonly usage: {
    record(
      request: ChangeOptions & UsageEvent & { recharge?: boolean },
    ): Promise<Changed & { transaction: Transaction; balance?: Balance; recharge: RechargeDue; duplicate?: true }>;
    /** Posts what can be posted and lists the rest; one database transaction. */
    postBatch(request: UsageBatchRequest): Promise<UsageBatchResult>;
    reverse(
      request: ChangeOptions & { transaction: string; quantity?: string; reason?: string },
    ): Promise<Changed & { transaction: Transaction; balance: Balance }>;
    afford(request: { app: string; service: string; quantity: string }): Promise<Affordability>;
  };
  readonly holds: {
    create(request: HoldCreateRequest): Promise<Changed & { hold: Hold; balance?: Balance }>;
    capture(
      request: HoldCaptureRequest,
    ): Promise<Changed & { hold: Hold; transaction: Transaction | null; balance?: Balance }>;
    release(request: ChangeOptions & { id: string }): Promise<Changed & { hold: Hold; balance?: Balance }>;
    list(request: PageRequest & { all?: boolean }): Promise<Page & { holds: readonly Hold[] }>;
  };
  readonly transactions: {
    list(query: TransactionQuery): Promise<TransactionPage>;
    csv(query: TransactionQuery): Promise<TransactionCsvPage>;
    totals(filter: TransactionFilter): Promise<{ totals: TransactionTotals; range: ResolvedRange; ledger: LedgerHead }>;
    explain(request: { id: string }): Promise<{ transaction: Transaction; explanation: readonly string[] }>;
  };
  readonly reports: {
    /** Sums of usage (or of the types asked for) by groups; they tie to `transactions` with the same filters. */
    usage(request: TransactionFilter & { by: readonly string[] }): Promise<UsageReport>;
    /** Opening, movements by kind and closing of a period of the organisation's zone. */
    statement(request: { period: string }): Promise<StatementReport>;
    /** The statements of every organisation of the ledger, and their sum. */
    allStatements(request: { period: string }): Promise<AllStatements>;
    /** How fast credits are used, when they run out, and the rule that fits. */
    forecast(request: { period?: string }): Promise<Forecast>;
    /** What lapses or falls due within a time such as `30d`. */
    upcoming(request: { within?: string }): Promise<Upcoming>;
    /** The log as a plain-text accounting journal, a page at a time. */
    journal(request: JournalRequest): Promise<JournalPage>;
    /** What deliveries and leads cost, by groups. Filters: services, apps, campaigns and time. */
    costPerLead(request: TransactionFilter & { by: readonly string[] }): Promise<LeadReport>;
  };
  readonly invoices: {
    /** Bills what is on no invoice yet and charges the card. `invoice` is null where there is nothing to bill. */
    run(
      request: ChangeOptions & { period?: string },
    ): Promise<Changed & { invoice: Invoice | null; invoices: readonly Invoice[] }>;
    pay(request: ChangeOptions & { id: string }): Promise<Changed & { invoice: Invoice }>;
    list(): Promise<Page & { invoices: readonly Invoice[] }>;
    show(request: { id: string }): Promise<{ invoice: Invoice }>;
  };
  readonly plans: {
    /** What the document would change and charge; nothing is done. */
    show(request: { document: PlanDocument }): Promise<{ plan: Plan }>;
    /** All of it in one write, if it is what the plan of that digest said; then the top-up that the plan announced. */
    apply(
      request: ChangeOptions & { document: PlanDocument; digest: string },
    ): Promise<Changed & { plan: Plan; recharge?: RechargeCheck }>;
  };
  readonly periods: {
    /** Proves a month that has ended and seals its statement in the chain. */
    close(request: ChangeOptions & { period: string }): Promise<Changed & { period: ClosedPeriod }>;
    list(): Promise<Page & { periods: readonly ClosedPeriod[] }>;
  };
  readonly leads: {
    record(request: ChangeOptions & LeadEvent): Promise<Changed & { lead: Lead; duplicate?: true }>;
    /** Records what can be recorded and lists the rest; one database transaction. */
    import(request: LeadBatchRequest): Promise<LeadBatchResult>;
  };
  /** API tokens and users: administrators only. */
  readonly access: {
    /** `secret` is the whole token, answered once: null in a replay and in a dry run. */
    createToken(
      request: ChangeOptions & { role: string; app?: string; expires?: string; name?: string },
    ): Promise<Changed & { token: Token; secret: string | null }>;
    listTokens(): Promise<Page & { tokens: readonly Token[] }>;
    revokeToken(request: ChangeOptions & { id: string }): Promise<Changed & { token: Token }>;
    addUser(
      request: ChangeOptions & { user: string; email: string; role: string; app?: string },
    ): Promise<Changed & { user: User }>;
    listUsers(): Promise<Page & { users: readonly User[] }>;
    setRole(request: ChangeOptions & { user: string; role: string; app?: string }): Promise<Changed & { user: User }>;
    removeUser(request: ChangeOptions & { user: string }): Promise<Changed & { user: User }>;
  };
  readonly audit: {
    list(
      request: PageRequest & { actor?: string; action?: string; order?: 'asc' | 'desc' },
    ): Promise<Page & { audit: readonly AuditEntry[] }>;
    /** `provider`: also compares with the processor, object by object. */
    verify(request: { full?: boolean; provider?: boolean }): Promise<{
      ok: boolean;
      transactions: number;
      checks: readonly VerifyCheck[];
    }>;
  };
  /** Gives back what it opened. Idempotent. */
  close(): Promise<void>;
}
