import { listRoutes, pathNames, type RemoteRoute } from '../contract/routes';
import { answerSchema } from './openapi';
import { answerOf, codecOf, type JsonObjectSchema } from './requests';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
h2{margin-top:2.5rem;border-bottom:1px solid #ccc}h3{font:600 1rem ui-monospace,monospace;margin-bottom:.2rem}
table{border-collapse:collapse;margin:.4rem 0 1.2rem}td,th{text-align:left;padding:.1rem 1rem .1rem 0}
code{font-family:ui-monospace,monospace}@media(prefers-color-scheme:dark){body{background:#161616;color:#ddd}}`;

/** The operations and what they answer on one page, made of the same tables as the server; it loads nothing from anywhere. */
export function docsPage(version: string): string {
  const nouns = new Map<string, string[]>();
  const objects = new Map<string, JsonObjectSchema>();
  for (const { noun, verb, route } of listRoutes()) {
    if ('local' in route) continue;
    const { answer, names } = answerSchema(answerOf(noun, verb));
    for (const [name, schema] of Object.entries(names)) objects.set(name, schema);
    nouns.set(noun, [...(nouns.get(noun) ?? []), sectionOf(route, codecOf(noun, verb).json, answer)]);
  }
  const sections = [...nouns].map(([noun, operations]) => `<h2 id="${noun}">${noun}</h2>${operations.join('')}`);
  const shown = [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, schema]) => objectOf(name, schema));
  const contents = [...nouns.keys(), 'objects'].map((noun) => `<a href="#${noun}">${noun}</a>`).join(' · ');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>wallet API</title><style>${STYLE}</style>
<h1>wallet API ${escapeHtml(version)}</h1>
<p>Every operation takes <code>Authorization: Bearer TOKEN</code>; a token is made by <code>wallet token create</code>.
Every change takes <code>Idempotency-Key</code>: the same key and the same request answer the first result again and do
nothing. Amounts are decimal strings, times RFC 3339. What fails answers <code>application/problem+json</code> with a
stable <code>code</code>. For programs: <a href="/openapi.json">openapi.json</a>.</p>
<p>${contents}</p>${sections.join('')}<h2 id="objects">objects</h2>${shown.join('')}</html>`;
}

function sectionOf(route: RemoteRoute, request: JsonObjectSchema, answer: JsonObjectSchema): string {
  const inPath = pathNames(route.path);
  const place = (name: string) => (inPath.includes(name) ? 'path' : route.method === 'GET' ? 'query' : 'body');
  const asked = tableOf('asks for', request, place);
  return `<h3>${route.method} ${escapeHtml(route.path)}</h3><p>${escapeHtml(route.summary)}</p>${asked}${tableOf('answers', answer)}`;
}

function objectOf(name: string, schema: JsonObjectSchema): string {
  const what = schema.properties === undefined ? `<p>${typeOf(schema)}</p>` : tableOf('has', schema);
  return `<h3 id="${escapeHtml(name)}">${escapeHtml(name)}</h3>${what}`;
}

function tableOf(title: string, schema: JsonObjectSchema, place: (name: string) => string = () => ''): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const need = schema.required?.includes(name) ? '' : 'optional';
    return `<tr><td><code>${escapeHtml(name)}</code><td>${place(name)}<td>${typeOf(field)}<td>${need}</tr>`;
  });
  return rows.length === 0 ? '' : `<table><tr><th>${title}<th><th>type<th></tr>${rows.join('')}</table>`;
}

function typeOf({ type, items, $ref, anyOf, enum: words, const: value, properties }: JsonObjectSchema): string {
  const name = $ref?.split('/').at(-1);
  if (name !== undefined) return `<a href="#${escapeHtml(name)}">${escapeHtml(name)}</a>`;
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ');
  if (words !== undefined) return words.map((word) => `<code>${escapeHtml(word)}</code>`).join(' ');
  if (value !== undefined) return `<code>${escapeHtml(String(value))}</code>`;
  if (type === 'array') return `list of ${typeOf(items ?? {})}`;
  if (properties === undefined) return escapeHtml([type ?? 'anything'].flat().join(' or '));
  const fields = Object.entries(properties).map(
    ([field, inner]) => `<code>${escapeHtml(field)}</code> ${typeOf(inner)}`,
  );
  return `{ ${fields.join(', ')} }`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
