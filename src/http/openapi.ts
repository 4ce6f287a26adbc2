import * as z from 'zod';
import { HTTP_STATUS } from '../contract/problem';
import { listRoutes, pathNames, type RemoteRoute } from '../contract/routes';
import { answerOf, codecOf, type JsonObjectSchema } from './requests';

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'message', 'details'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string', enum: Object.keys(HTTP_STATUS) },
    message: { type: 'string' },
    why: { type: 'string' },
    hint: { type: 'string' },
    details: { type: 'object' },
  },
};
const KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: 'A key of your own. The same key and the same request answer the first result again and do nothing.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

/** The OpenAPI 3.1 document, made of the codecs that the server reads requests with. */
export function openApiDocument(version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  const schemas: Record<string, unknown> = { Problem: PROBLEM };
  for (const { noun, verb, route } of listRoutes()) {
    if ('local' in route) continue;
    const { answer, names } = answerSchema(answerOf(noun, verb));
    Object.assign(schemas, names);
    const operation = operationOf(`${noun}.${verb}`, route, codecOf(noun, verb).json, answer);
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'wallet', version, description: 'Prepaid credits: buy, spend and account for every one.' },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas,
      responses: { Problem: problemResponse() },
    },
  };
}

/** What an operation answers, with the objects it names moved to where the document keeps them. */
export function answerSchema(codec: z.ZodObject): {
  answer: JsonObjectSchema;
  names: Readonly<Record<string, JsonObjectSchema>>;
} {
  const written = JSON.stringify(z.toJSONSchema(codec, { io: 'input' })).replaceAll(
    '#/$defs/',
    '#/components/schemas/',
  );
  // What zod writes for objects is such a schema.
  const {
    $schema: _,
    $defs: names = {},
    ...answer
  } = JSON.parse(written) as JsonObjectSchema & {
    $schema: string;
    $defs?: Record<string, JsonObjectSchema>;
  };
  return { answer, names };
}

function operationOf(operationId: string, route: RemoteRoute, schema: JsonObjectSchema, answer: object) {
  const inPath = pathNames(route.path);
  const rest = Object.entries(schema.properties ?? {}).filter(([name]) => !inPath.includes(name));
  const required = (schema.required ?? []).filter((name) => !inPath.includes(name));
  const parameters = [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...(route.method === 'GET'
      ? rest.map(([name, field]) => queryParameter(name, field, required.includes(name)))
      : []),
    ...(route.again === 'key' ? [KEY] : []),
  ];
  const body = { type: 'object', properties: Object.fromEntries(rest), required, additionalProperties: false };
  return {
    operationId,
    summary: route.summary,
    tags: [operationId.slice(0, operationId.indexOf('.'))],
    parameters,
    ...(route.method === 'POST'
      ? { requestBody: { required: required.length > 0, content: { 'application/json': { schema: body } } } }
      : {}),
    responses: {
      200: { description: 'The answer', content: { 'application/json': { schema: answer } } },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function queryParameter(name: string, schema: JsonObjectSchema, required: boolean) {
  return { name, in: 'query', required, schema, ...(schema.type === 'array' ? { style: 'form', explode: true } : {}) };
}

function problemResponse() {
  return {
    description: 'What went wrong, by a stable code',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}
