import { gzipSync } from 'node:zlib';
import type { Operation } from '../helpers/operations';

type Sent = { readonly body?: string | Buffer; readonly headers?: Readonly<Record<string, string>> };

/** Bodies and headers that no operation may take, whatever else is right about them: each with a name and its statuses. */
export function hostileBodies(
  request: Readonly<Record<string, unknown>>,
): readonly (readonly [string, Sent, number[]])[] {
  const text = JSON.stringify(request);
  const more = (fields: string) => `${text.slice(0, -1)}${text === '{}' ? '' : ','}${fields}}`;
  const typed = (type: string): Sent => ({ body: text, headers: { 'content-type': type } });
  return [
    ['a key twice', { body: more('"dryRun":true,"dryRun":true') }, [400]],
    ['a key twice, once escaped', { body: more('"dryRun":true,"dry\\u0052un":true') }, [400]],
    ['a prototype', { body: more('"__proto__":{"dryRun":true}') }, [400]],
    ['a constructor, deep inside', { body: more('"x":[{"constructor":{"prototype":1}}]') }, [400]],
    ['deep nesting', { body: more(`"x":${'['.repeat(21)}${']'.repeat(21)}`) }, [400]],
    ['very deep nesting', { body: more(`"x":${'['.repeat(30_000)}`) }, [400]],
    ['an unknown field', { body: more('"x":1') }, [400]],
    ['trailing junk', { body: `${text}]` }, [400]],
    ['a byte order mark', { body: `\ufeff${text}` }, [400]],
    ['UTF-16', { body: Buffer.from(text, 'utf16le') }, [400]],
    [
      'invalid UTF-8',
      { body: Buffer.concat([Buffer.from(more('"x":"').slice(0, -1)), Buffer.from([0xc3, 0x28, 0x22, 0x7d])]) },
      [400],
    ],
    ['an array', { body: '[]' }, [400]],
    ['a number', { body: '1e400' }, [400]],
    ['null', { body: 'null' }, [400]],
    ['half of it', { body: `${text}`.slice(0, -1) }, [400]],
    ['too much', { body: more(`"x":"${'x'.repeat(70_000)}"`) }, [413, 400]],
    ['another type', typed('text/plain'), [415]],
    ['a form', typed('application/x-www-form-urlencoded'), [415]],
    ['another charset', typed('application/json; charset=utf-16'), [415]],
    ['no type', typed(''), [415]],
    ['compression', { body: gzipSync(text), headers: { 'content-encoding': 'gzip' } }, [415]],
    ['a query beside the body', { body: text }, [400]],
  ];
}

/** For each field of the operation, values that no field takes, or that no text may hold. */
export function wrongValues({ fields }: Operation, request: Readonly<Record<string, unknown>>) {
  return Object.keys(fields).flatMap((name) =>
    [17, 1.5, {}, null, [[]], '\ud800', 'a\u0000b'].map((value) => ({ ...request, [name]: value })),
  );
}

/** Ids that name nothing: each has to be as unknown as any other. */
export const HOSTILE_IDS = [
  '..%2f..%2fetc%2fpasswd',
  '%2e%2e',
  '%00',
  "x'%20OR%20'1'='1",
  'txn_0',
  `hold_${'f'.repeat(26)}`,
  `txn_${'f'.repeat(28)}`,
  'x'.repeat(5_000),
  '%ED%A0%80',
  '%zz',
  '%E2%80%AE',
  '__proto__',
  'constructor',
];

/** Cursors that no list has given. */
export const FORGED_CURSORS = [
  'x',
  '0',
  '-1',
  '1e9',
  'null',
  '{}',
  'eyJzZXEiOi0xfQ',
  `pur_${'0'.repeat(26)}0`,
  `txn_${'f'.repeat(28)}`,
  "' OR 1=1 --",
  '%00',
  'x'.repeat(5_000),
];
