import { type ErrorCode, WalletError } from '../core/errors';

/** The HTTP status of every way a request can fail. A code that nobody mapped does not compile. */
export const HTTP_STATUS: Readonly<Record<ErrorCode, number>> = {
  internal: 500,

  invalid_usage: 400,
  invalid_input: 400,
  invalid_cursor: 400,
  invalid_amount: 422,
  invalid_quantity: 422,
  invalid_time: 422,
  invalid_value: 422,
  invalid_config: 422,
  secret_refused: 422,
  confirmation_required: 422,
  limit_exceeded: 422,

  not_initialised: 404,
  unknown_org: 404,
  unknown_app: 404,
  unknown_service: 404,
  unknown_card: 404,
  unknown_purchase: 404,
  unknown_transaction: 404,
  unknown_hold: 404,
  unknown_grant: 404,
  unknown_campaign: 404,
  unknown_invoice: 404,
  unknown_profile: 404,
  unknown_token: 404,
  unknown_user: 404,
  unknown_alert: 404,

  unauthorized: 401,
  forbidden: 403,
  live_guard: 403,

  insufficient_credits: 402,
  budget_exceeded: 402,
  no_payment_method: 402,
  card_declined: 402,
  authentication_required: 402,
  monthly_cap_reached: 402,
  payment_failed: 402,
  payment_pending: 409,

  idempotency_conflict: 422,
  already_exists: 409,
  invalid_state: 409,
  last_card: 409,
  period_closed: 409,

  rate_limited: 429,
  ledger_busy: 503,
  ledger_unavailable: 503,
  api_unreachable: 502,
  newer_schema: 503,
  provider_unavailable: 502,
  output_failed: 500,

  partly_done: 422,
  integrity_failure: 500,
  cancelled: 400,
};

/** An error on the wire: RFC 9457 with what a `WalletError` says. */
export interface Problem {
  /** `urn:wallet:problem:` and the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The request's id, as the server's log has it. */
  readonly instance: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly why?: string;
  readonly hint?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The problem that tells of an error; `status` where the request itself, not what it asks for, is at fault. */
export function toProblem(error: WalletError, requestId: string, status = HTTP_STATUS[error.code]): Problem {
  const { code, message, why, hint, details } = error;
  return {
    type: `urn:wallet:problem:${code}`,
    title: code.replaceAll('_', ' '),
    status,
    detail: why === undefined ? message : `${message}: ${why}`,
    instance: `urn:wallet:request:${requestId}`,
    code,
    message,
    ...(why === undefined ? {} : { why }),
    ...(hint === undefined ? {} : { hint }),
    details,
  };
}

/** The error that the problem tells of: the same one that was thrown on the other side; undefined where it is no problem. */
export function fromProblem(body: unknown): WalletError | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { code, message, why, hint, details } = body as Partial<Problem>;
  if (typeof code !== 'string' || !Object.hasOwn(HTTP_STATUS, code) || typeof message !== 'string') return undefined;
  return new WalletError(code, message, {
    ...(typeof why === 'string' ? { why } : {}),
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(typeof details === 'object' && details !== null ? { details } : {}),
  });
}
