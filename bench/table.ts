import { loadavg } from 'node:os';

/** A row of the table. Numbers come from this run; only the goal is written down. */
export interface BenchRow {
  readonly work: string;
  readonly wallet: string;
  readonly floor: string;
  readonly ratio: string;
  readonly goal: string;
}

const HEADER: BenchRow = { work: 'work', wallet: 'wallet', floor: 'floor', ratio: 'ratio', goal: 'goal' };

/** The rows as one Markdown table, its columns in line. */
export function formatTable(rows: readonly BenchRow[]): string {
  const keys = ['work', 'wallet', 'floor', 'ratio', 'goal'] as const;
  const widths = keys.map((key) => Math.max(...[HEADER, ...rows].map((row) => row[key].length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [line(keys), rule, ...rows.map((row) => line(keys.map((key) => row[key])))].join('\n');
}

export function formatMs(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 1_000) return `${(ms / 1000).toFixed(2)} s`;
  return ms >= 10 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(2)} ms`;
}

export function formatRatio(ratio: number): string {
  return `${ratio.toFixed(2)}×`;
}

export function formatRate(perSecond: number): string {
  return `${perSecond.toFixed(0)}/s`;
}

export function formatMiB(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

/** A count of rows, short: `10 k`, `1 M`. */
export function formatRows(rows: number): string {
  if (rows >= 1_000_000) return `${rows / 1_000_000} M`;
  return rows >= 1_000 ? `${rows / 1_000} k` : String(rows);
}

/** How busy the machine is: tasks that want to run, over one, five and fifteen minutes. */
export function formatLoad(): string {
  return loadavg()
    .map((load) => load.toFixed(2))
    .join(' ');
}
