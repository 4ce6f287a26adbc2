import { listRoutes, pathNames, type RemoteRoute } from '../contract/routes';
import { codecOf, type JsonObjectSchema } from './requests';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
h2{margin-top:2.5rem;border-bottom:1px solid #ccc}h3{font:600 1rem ui-monospace,monospace;margin-bottom:.2rem}
table{border-collapse:collapse;margin:.4rem 0 1.2rem}td,th{text-align:left;padding:.1rem 1rem .1rem 0}
code{font-family:ui-monospace,monospace}@media(prefers-color-scheme:dark){body{background:#161616;color:#ddd}}`;

/** The operations on one page, made of the same tables as the server; it loads nothing from anywhere. */
export function docsPage(version: string): string {
  const nouns = new Map<string, string[]>();
  for (const { noun, verb, route } of listRoutes()) {
    if ('local' in route) continue;
    nouns.set(noun, [...(nouns.get(noun) ?? []), sectionOf(route, codecOf(noun, verb).json)]);
  }
  const body = [...nouns].map(([noun, sections]) => `<h2>${noun}</h2>${sections.join('')}`).join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>wallet API</title><style>${STYLE}</style>
<h1>wallet API ${escapeHtml(version)}</h1>
<p>Every operation takes <code>Authorization: Bearer TOKEN</code>; a token is made by <code>wallet token create</code>.
Every change takes <code>Idempotency-Key</code>: the same key and the same request answer the first result again and do
nothing. Amounts are decimal strings, times RFC 3339. What fails answers <code>application/problem+json</code> with a
stable <code>code</code>. For programs: <a href="/openapi.json">openapi.json</a>.</p>${body}</html>`;
}

function sectionOf(route: RemoteRoute, schema: JsonObjectSchema): string {
  const inPath = pathNames(route.path);
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const place = inPath.includes(name) ? 'path' : route.method === 'GET' ? 'query' : 'body';
    const need = schema.required?.includes(name) ? 'required' : '';
    return `<tr><td><code>${escapeHtml(name)}</code><td>${place}<td>${escapeHtml(typeOf(field))}<td>${need}</tr>`;
  });
  const table = rows.length === 0 ? '' : `<table><tr><th>field<th>in<th>type<th></tr>${rows.join('')}</table>`;
  return `<h3>${route.method} ${escapeHtml(route.path)}</h3><p>${escapeHtml(route.summary)}</p>${table}`;
}

function typeOf(field: JsonObjectSchema): string {
  return field.type === 'array' ? `list of ${field.items?.type ?? 'anything'}` : (field.type ?? 'anything');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
