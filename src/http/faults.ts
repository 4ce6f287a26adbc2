import { type Problem, toProblem } from '../contract/problem';
import { WalletError } from '../core/errors';

/** A fault of the request itself, with the HTTP status that says so where the code alone does not. */
export class RequestFault extends Error {
  readonly error: WalletError;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, error: WalletError, headers: Readonly<Record<string, string>> = {}) {
    super(error.message);
    this.error = error;
    this.status = status;
    this.headers = headers;
  }
}

/** What is answered to something that was thrown. */
export interface Failure {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

export const PROBLEM_TYPE = 'application/problem+json';

export function failureOf(thrown: unknown, requestId: string): Failure {
  if (thrown instanceof RequestFault)
    return { problem: toProblem(thrown.error, requestId, thrown.status), headers: thrown.headers };
  const problem = toProblem(thrown instanceof WalletError ? thrown : bug(), requestId);
  return { problem, headers: problem.status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {} };
}

export function badRequest(why: string): WalletError {
  return new WalletError('invalid_usage', 'the request is not valid', { why, hint: 'see /docs' });
}

export function notFound(): RequestFault {
  const facts = { why: 'no operation has it', hint: 'see /docs' };
  return new RequestFault(404, new WalletError('invalid_usage', 'there is nothing at this address', facts));
}

export function tooLarge(bytes: number): RequestFault {
  const facts = { why: `it is larger than ${bytes} bytes`, hint: 'send it in several requests' };
  // What is left of it is not worth reading.
  const headers = { Connection: 'close' };
  return new RequestFault(
    413,
    new WalletError('invalid_input', 'the body of the request is too large', facts),
    headers,
  );
}

function bug(): WalletError {
  const facts = { why: 'this is a bug in wallet', hint: 'tell whoever runs the server the id of the request' };
  return new WalletError('internal', 'the server failed', facts);
}
