import fastStringWidth from 'fast-string-width';
import { plainStyles, type Styles } from './colour';
import { escapeControl } from './escape';

/** A label, its value, and how to colour it. An empty label continues the fact above; null shows as `-`. */
export type Fact = readonly [label: string, value: string | number | null, style?: keyof Styles];

export interface FactsOptions {
  readonly styles?: Styles | undefined;
  /** Spaces before every line. */
  readonly indent?: number | undefined;
}

/** One object for people: a fact a line, labels to the left, values beneath each other. Text ends with a line feed. */
export function renderFacts(pairs: readonly Fact[], options: FactsOptions = {}): string {
  const styles = options.styles ?? plainStyles;
  const widest = Math.max(0, ...pairs.map(([label]) => fastStringWidth(escapeControl(label))));
  const margin = ' '.repeat(options.indent ?? 0);
  const line = ([label, value, style]: Fact) => {
    const name = escapeControl(label);
    const text = escapeControl(value === null ? '-' : String(value));
    const gap = ' '.repeat(widest - fastStringWidth(name) + 2);
    return `${margin}${styles.dim(name)}${gap}${style === undefined ? text : styles[style](text)}`.trimEnd();
  };
  return pairs.map((pair) => `${line(pair)}\n`).join('');
}
