import * as z from 'zod';
import { CODECS } from '../contract/codecs';
import type { Nouns, RemoteRoute } from '../contract/routes';
import { WalletError } from '../core/errors';
import type { Named } from './route-table';

/** The codec of an operation's request, with how its query is read: text becomes what the fields are. */
export interface RequestCodec {
  readonly schema: z.ZodObject;
  readonly json: JsonObjectSchema;
}

export interface JsonObjectSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonObjectSchema>>;
  readonly items?: JsonObjectSchema;
  readonly $ref?: string;
  readonly anyOf?: readonly JsonObjectSchema[];
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
}

type Shapes = Readonly<Record<'request' | 'answer', z.core.$ZodShape>>;

function shapesOf(noun: keyof Nouns, verb: string): Shapes {
  const shapes = (CODECS[noun] as Readonly<Record<string, Shapes>>)[verb];
  if (shapes === undefined) throw new Error(`${noun}.${verb} has no codec`);
  return shapes;
}

/** The codec of an operation's answer. It takes more than it names, as an answer may get fields in a later version. */
export function answerOf(noun: keyof Nouns, verb: string): z.ZodObject {
  return z.object(shapesOf(noun, verb).answer);
}

export function codecOf(noun: keyof Nouns, verb: string): RequestCodec {
  const schema = z.strictObject(shapesOf(noun, verb).request);
  const { $schema: _, ...json } = z.toJSONSchema(schema);
  // What zod writes for an object of text, numbers, flags and lists is such a schema.
  return { schema, json: json as JsonObjectSchema };
}

/** What a request asks for, from path and query or body. Throws `invalid_input` that names the field at fault. */
export function readRequest(
  codec: RequestCodec,
  route: RemoteRoute,
  sent: { path: Named; query: URLSearchParams; body: Record<string, unknown> },
): Record<string, unknown> {
  const rest = route.method === 'GET' ? fromQuery(codec.json, sent.query) : sent.body;
  const twice = Object.keys(sent.path).find((name) => Object.hasOwn(rest, name));
  if (twice !== undefined) throw invalid(twice, 'the path says it already');
  if (route.method === 'POST' && sent.query.size > 0)
    throw invalid([...sent.query.keys()][0] ?? '', 'it belongs in the body');
  const result = codec.schema.safeParse({ ...rest, ...sent.path });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.join('.');
  throw invalid(
    field ?? 'request',
    issue?.code === 'unrecognized_keys' ? 'there is no such field' : (issue?.message ?? ''),
  );
}

function fromQuery({ properties = {} }: JsonObjectSchema, query: URLSearchParams): Record<string, unknown> {
  const request: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property === undefined) throw invalid(name, 'there is no such field');
    if (property.type === 'array') request[name] = values;
    else if (values.length > 1) throw invalid(name, 'it is there twice');
    else request[name] = readField(values[0] ?? '', property.type);
  }
  return request;
}

/** What is no number or flag stays text, and the codec refuses it. */
function readField(text: string, type: JsonObjectSchema['type']): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type === 'integer' || type === 'number') return /^-?[0-9]{1,15}$/.test(text) ? Number(text) : text;
  return text;
}

function invalid(field: string, why: string): WalletError {
  const name = field.slice(0, 60);
  return new WalletError('invalid_input', `the field ${JSON.stringify(name)} is not valid`, {
    why,
    hint: '/docs says which fields there are',
    details: { field: name },
  });
}
