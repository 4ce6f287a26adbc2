/**
 * Every way a command can fail on purpose. The list is closed: exit statuses and HTTP statuses are exhaustive records
 * over it, so a new code that nobody mapped does not compile.
 */
export type ErrorCode =
  // the request itself is wrong; nothing was changed
  | 'invalid_usage'
  | 'invalid_amount'
  | 'invalid_quantity'
  | 'invalid_time'
  | 'invalid_value'
  | 'invalid_input'
  | 'invalid_cursor'
  | 'invalid_config'
  | 'secret_refused'
  | 'confirmation_required'
  | 'limit_exceeded'
  // something named does not exist
  | 'not_initialised'
  | 'unknown_org'
  | 'unknown_app'
  | 'unknown_service'
  | 'unknown_card'
  | 'unknown_purchase'
  | 'unknown_transaction'
  | 'unknown_hold'
  | 'unknown_grant'
  | 'unknown_campaign'
  | 'unknown_invoice'
  | 'unknown_alert'
  | 'unknown_profile'
  | 'unknown_token'
  | 'unknown_user'
  // not allowed
  | 'unauthorized'
  | 'forbidden'
  | 'live_guard'
  // not enough
  | 'insufficient_credits'
  | 'budget_exceeded'
  // payment
  | 'no_payment_method'
  | 'card_declined'
  | 'authentication_required'
  | 'monthly_cap_reached'
  | 'payment_failed'
  | 'payment_pending'
  // state
  | 'idempotency_conflict'
  | 'already_exists'
  | 'invalid_state'
  | 'last_card'
  | 'period_closed'
  // the world
  | 'ledger_busy'
  | 'rate_limited'
  | 'ledger_unavailable'
  | 'api_unreachable'
  | 'newer_schema'
  | 'provider_unavailable'
  | 'output_failed'
  // ends that are not failures of one thing
  | 'partly_done'
  | 'integrity_failure'
  | 'cancelled'
  | 'internal';

/** What an error tells beyond its message. Values are plain JSON; amounts are decimal strings. */
export interface ErrorFacts {
  /** Why it happened: the second line on the terminal. */
  readonly why?: string;
  /** What to do next, as a command where there is one: the third line. */
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * A failure the product foresees. `code` is stable and part of the contract; `message` is one sentence without a full
 * stop that says what happened. Anything else that is thrown is a bug.
 */
export class WalletError extends Error {
  readonly code: ErrorCode;
  readonly why: string | undefined;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'WalletError';
    this.code = code;
    this.why = facts.why;
    this.hint = facts.hint;
    this.details = facts.details ?? {};
  }
}

/** States a fact that only a bug can break. Stays on in production: a wrong ledger is worse than a stopped one. */
export function assert(claim: boolean, fact: string): asserts claim {
  if (!claim) throw new Error(`assertion failed: ${fact}`);
}

/** Ends a `switch` over a closed union: compiles only when every case was handled. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
