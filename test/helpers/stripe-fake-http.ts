import type { IncomingMessage } from 'node:http';

/** A form value as Stripe's API encodes it: text, or an object of more of them. */
type FormValue = string | Form;
export interface Form {
  [name: string]: FormValue;
}

/** Reads `a[b][0]=c` as `{a: {b: {0: 'c'}}}`. */
export function parseForm(text: string): Form {
  const form: Form = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.split(/\[|\]\[?/).filter((part) => part !== '');
    let at = form;
    for (const part of path.slice(0, -1)) {
      const inner = at[part];
      const next: Form = typeof inner === 'object' ? inner : {};
      at[part] = next;
      at = next;
    }
    at[path.at(-1) ?? ''] = value;
  }
  return form;
}

export function textOf(form: Form, ...path: string[]): string | undefined {
  let at: FormValue | undefined = form;
  for (const part of path) at = typeof at === 'object' ? at[part] : undefined;
  return typeof at === 'string' ? at : undefined;
}

export function formOf(form: Form, name: string): Form {
  const value = form[name];
  return typeof value === 'object' ? value : {};
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** An answer that is an error, as Stripe shapes them. `kept` ones are replayed to their idempotency key. */
export class StripeRefusal extends Error {
  readonly status: number;
  readonly body: object;
  readonly kept: boolean;

  constructor(status: number, error: { type: string; code?: string; message?: string; [more: string]: unknown }) {
    super(error.message ?? error.code ?? error.type);
    this.status = status;
    this.body = { error: { message: this.message, ...error } };
    this.kept = status === 402 || status >= 500;
  }
}

export function invalid(code: string, message: string, more: object = {}): StripeRefusal {
  return new StripeRefusal(400, { type: 'invalid_request_error', code, message, ...more });
}

export function missing(what: string, id: string): StripeRefusal {
  return new StripeRefusal(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${what}: '${id}'`,
  });
}
