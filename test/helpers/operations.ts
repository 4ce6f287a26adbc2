import type { Answer, Api } from './api';

/** An operation as the OpenAPI document of a server describes it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly fields: Readonly<Record<string, { type?: string; enum?: readonly string[] }>>;
  readonly required: readonly string[];
}

/** Fields that are optional one by one, and needed together. */
const MORE: Readonly<Record<string, object>> = {
  'catalogue.setService': { price: '1' },
  'recharge.simulate': { below: '1', amount: '10' },
  'recharge.set': { below: '1', amount: '10' },
  'cards.edit': { name: 'Eve' },
  'alerts.addLowBalance': { to: ['eve@example.com'], below: '1' },
  'alerts.addSpend': { to: ['eve@example.com'], over: '1', per: 'day' },
  'alerts.route': { to: ['eve@example.com'], kind: 'card-expiring' },
  'plans.show': { document: { services: [], apps: [], alerts: [] } },
  'plans.apply': { document: { services: [], apps: [], alerts: [] } },
};
/** Values that pass for what they are: whatever is refused is refused for who asks. */
const VALUES: Readonly<Record<string, unknown>> = {
  credits: '1',
  quantity: '1',
  delivered: '1',
  leads: '1',
  monthly: '10',
  price: '1',
  netDays: '30',
  email: 'eve@example.com',
  to: 'eve@example.com',
  period: '2026-09',
  format: 'hledger',
  role: 'admin',
  service: 'sms',
  app: 'crm',
  by: ['service'],
  rows: [],
};

interface Wire {
  readonly operationId: string;
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: { type?: string } }[];
  readonly requestBody?: {
    content: { 'application/json': { schema: { properties: Operation['fields']; required: readonly string[] } } };
  };
}

export async function readOperations(api: Api): Promise<Operation[]> {
  const { body } = await api.call('GET', '/openapi.json');
  const paths = body.paths as Record<string, Record<string, Wire>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
      const schema = operation.requestBody?.content['application/json'].schema;
      return {
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        fields: schema?.properties ?? Object.fromEntries(inQuery.map(({ name, schema: field }) => [name, field])),
        required: schema?.required ?? inQuery.filter((parameter) => parameter.required).map(({ name }) => name),
      };
    }),
  );
}

/** A request of the operation that has nothing wrong with it. */
export function requestOf({ id, fields, required }: Operation): Record<string, unknown> {
  const value = (name: string) => fields[name]?.enum?.[0] ?? VALUES[name] ?? 'x';
  return { ...Object.fromEntries(required.map((name) => [name, value(name)])), ...MORE[id] };
}

/** The operation's address, with what the braces stand for; of a request that goes there as a query, that too. */
export function addressOf(
  { method, path }: Operation,
  request: Readonly<Record<string, unknown>>,
  ids: Readonly<Record<string, string>> = {},
): string {
  const full = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? String(VALUES[name] ?? 'x'));
  const query = new URLSearchParams(
    Object.entries(request).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return method === 'GET' && query.size > 0 ? `${full}?${query}` : full;
}

export function ask(
  api: Api,
  operation: Operation,
  token: string | undefined,
  ids?: Readonly<Record<string, string>>,
): Promise<Answer> {
  const request = requestOf(operation);
  const address = addressOf(operation, request, ids);
  return api.call(operation.method, address, operation.method === 'GET' ? { token } : { token, body: request });
}
