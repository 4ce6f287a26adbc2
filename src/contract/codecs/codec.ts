import * as z from 'zod';

type Operation = (...args: never[]) => Promise<unknown>;

/** The request of an operation; `object` where it takes none. */
type RequestOf<M extends Operation> = Parameters<M> extends [infer R] ? R : object;

/** One codec for every field, optional where the field is: one that is missing or does not fit does not compile. */
type Shape<T> = {
  readonly [K in keyof T]-?: Record<never, never> extends Pick<T, K>
    ? z.ZodExactOptional<z.ZodType<Exclude<T[K], undefined>>>
    : z.ZodType<T[K]>;
};

/** How one operation travels: its request without the idempotency key, which is a header, and its answer. */
interface OperationCodec<M extends Operation> {
  readonly request: Shape<Omit<RequestOf<M>, 'idempotencyKey'>>;
  readonly answer: Shape<Awaited<ReturnType<M>>>;
}

/** How the operations of a noun travel. */
export type Codecs<Operations> = {
  readonly [V in keyof Operations]: Operations[V] extends Operation ? OperationCodec<Operations[V]> : never;
};

/** An object of the contract, under the name it has in the OpenAPI document. Names may be added to it later. */
export function named<T>(id: string, shape: Shape<T>): z.ZodType<T> {
  return z.object(shape).meta({ id }) as unknown as z.ZodType<T>; // of T's fields, each by a codec of its type
}

/** An object that is part of another one. */
export function part<T>(shape: Shape<T>): z.ZodType<T> {
  return z.object(shape) as unknown as z.ZodType<T>; // as above
}
