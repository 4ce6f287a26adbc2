import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Pair, parseDocument } from 'yaml';
import { quote } from '../core/credits';
import { WalletError } from '../core/errors';
import { nearest } from './nearest';

type Words = Readonly<Record<string, string>>;

/** A plan as it is written: every value is the text that stands in the file, so that no number goes through a float. */
export interface PlanFile {
  readonly services: readonly Words[];
  readonly apps: readonly Words[];
  /** `to` is one text or several. */
  readonly alerts: readonly { readonly words: Words; readonly to: readonly string[] }[];
  readonly recharge: Words | undefined;
}

const SECTIONS = ['services', 'apps', 'alerts', 'recharge'] as const;
const SERVICE_KEYS = ['name', 'unit', 'price', 'free-quota', 'billing', 'tiers'] as const;
const APP_KEYS = ['name', 'limit', 'on-limit'] as const;
const ALERT_KEYS = ['kind', 'below', 'over', 'per', 'app', 'service', 'to'] as const;
const RULE_KEYS = [
  'enabled',
  'below',
  'amount',
  'refill-to',
  'monthly-cap',
  'daily-count',
  'cooldown',
  'max-failures',
] as const;
const MOST_BYTES = 1_000_000;

/**
 * Reads a YAML plan. Throws `invalid_input` with the line for what is no YAML, what is twice there, unknown keys (with a
 * did-you-mean) and values that are no plain words.
 */
export function readPlan(text: string): PlanFile {
  if (text.length > MOST_BYTES)
    throw wrong(1, 'the file is too long for a plan', 'a plan has a million characters at most');
  const lines = new LineCounter();
  // Of this schema every value is a text: 0.10 stays 0.10.
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, uniqueKeys: true, merge: false });
  const reader = createReader(lines);
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined)
    throw wrong(lines.linePos(fault.pos[0]).line, fault.message.split(/ at line |\n/)[0] ?? 'it is not YAML');
  if (document.contents === null) return { services: [], apps: [], alerts: [], recharge: undefined };
  const sections = reader.map(document.contents, 'the file', SECTIONS);
  return {
    services: reader.named(sections.get('services'), 'service', SERVICE_KEYS),
    apps: reader.named(sections.get('apps'), 'app', APP_KEYS),
    alerts: reader.alerts(sections.get('alerts')),
    recharge: sections.has('recharge') ? reader.words(sections.get('recharge'), 'recharge', RULE_KEYS) : undefined,
  };
}

function createReader(lines: LineCounter) {
  const lineOf = (node: unknown): number => (isNode(node) && node.range ? lines.linePos(node.range[0]).line : 1);

  const resolved = (node: unknown): unknown => {
    if (!isAlias(node)) return node;
    throw wrong(lineOf(node), 'an alias stands there', 'a plan is read by people: write it out');
  };

  const pairs = (node: unknown, what: string): readonly Pair[] => {
    const value = resolved(node);
    if (isMap(value)) return value.items;
    throw wrong(lineOf(value), `${what} is not a list of keys and values`, 'write it as key: value, indented below it');
  };

  const map = (node: unknown, what: string, known: readonly string[] | undefined): Map<string, unknown> => {
    const found = new Map<string, unknown>();
    for (const { key, value } of pairs(node, what)) {
      const name = isScalar(key) ? String(key.value) : '';
      if (known !== undefined && !known.includes(name)) throw unknownKey(lineOf(key), name, what, known);
      if (name === '' || UNSAFE_KEYS.has(name)) throw wrong(lineOf(key), `a key of ${what} is not a name`);
      found.set(name, value ?? key);
    }
    return found;
  };

  const word = (node: unknown, name: string, what: string): string => {
    const scalar = resolved(node);
    if (isScalar(scalar) && typeof scalar.value === 'string' && scalar.value !== '') return scalar.value;
    throw wrong(lineOf(scalar), `${name} of ${what} is not one value`, `write ${name}: VALUE, or leave it out`);
  };

  const wordsOf = (entries: Iterable<readonly [string, unknown]>, what: string): Words =>
    Object.fromEntries([...entries].map(([name, value]) => [name, word(value, name, what)]));

  const words = (node: unknown, what: string, known: readonly string[]): Words => wordsOf(map(node, what, known), what);

  const list = (node: unknown, what: string, hint: string): readonly unknown[] => {
    const value = resolved(node);
    if (isSeq(value)) return value.items;
    throw wrong(lineOf(value), `${what} is not a list`, hint);
  };

  const alerts = (node: unknown): PlanFile['alerts'] => {
    if (node === undefined) return [];
    return list(node, 'alerts', 'begin each with a dash: - { kind: low-balance, below: 50, to: ada@example.com }').map(
      (item) => {
        const { to, ...others } = Object.fromEntries(map(item, 'an alert', ALERT_KEYS));
        const isList = isSeq(resolved(to));
        const destinations = isList ? list(to, 'to', '') : to === undefined ? [] : [to];
        return {
          words: wordsOf(Object.entries(others), 'an alert'),
          to: destinations.map((each) => word(each, 'to', 'an alert')),
        };
      },
    );
  };

  const named = (node: unknown, kind: string, known: readonly string[]): readonly Words[] => {
    if (node === undefined) return [];
    return [...map(node, `${kind}s`, undefined)].map(([name, value]) => {
      const isBare = isScalar(value) && (value.value === '' || value.value === name);
      return { ...(isBare ? {} : words(value, `${kind} ${name}`, known)), [kind]: name };
    });
  };
  return { map, words, named, alerts };
}

const UNSAFE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

function unknownKey(line: number, name: string, what: string, known: readonly string[]): WalletError {
  const guess = nearest(name, known);
  const hint = guess === undefined ? `it may have ${known.join(', ')}` : `did you mean ${guess}?`;
  return wrong(line, `${what} has no key ${quote(name)}`, hint);
}

function wrong(line: number, problem: string, hint = 'see: wallet help plans'): WalletError {
  return new WalletError('invalid_input', `line ${line} of the plan: ${problem}`, {
    why: 'nothing was changed',
    hint,
    details: { line },
  });
}
