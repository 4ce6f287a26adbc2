import fastStringWidth from 'fast-string-width';
import { escapeControl } from './escape';

/** One bar: its label, its size, and the size as it is written. */
export interface Bar {
  readonly label: string;
  readonly size: number;
  readonly text: string;
}

/** A row of values over time: oldest first. */
export interface Trend {
  readonly label: string;
  readonly sizes: readonly number[];
  readonly text: string;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const GUTTER = '  ';
const SHORTEST = 5;

/** Bars to scale, the longest as wide as fits; what is negative has none, but its number. */
export function renderBars(bars: readonly Bar[], width: number): string {
  const { labels, room } = layOut(bars, width);
  const most = Math.max(0, ...bars.map(({ size }) => size));
  return bars
    .map(({ size, text }, at) => {
      const bar = barOf(most === 0 ? 0 : (Math.max(0, size) / most) * room);
      return `${labels[at]}${GUTTER}${bar}${' '.repeat(room - bar.length)}${GUTTER}${text}\n`;
    })
    .join('');
}

/** Sparklines on one scale each; a line longer than fits shows its last part. */
export function renderTrends(trends: readonly Trend[], width: number): string {
  const { labels, room } = layOut(trends, width);
  return trends
    .map(({ sizes, text }, at) => {
      const shown = sizes.slice(-room);
      return `${labels[at]}${GUTTER}${sparkline(shown)}${' '.repeat(room - shown.length)}${GUTTER}${text}\n`;
    })
    .join('');
}

function sparkline(sizes: readonly number[]): string {
  const most = Math.max(0, ...sizes);
  const level = (size: number) => Math.min(7, Math.ceil((Math.max(0, size) / most) * 8) - 1);
  return sizes.map((size) => (size <= 0 ? ' ' : LEVELS[level(size)])).join('');
}

/** Labels of one width, numbers to the right, and what is left between them. */
function layOut(rows: readonly { label: string; text: string; sizes?: readonly number[] }[], width: number) {
  const shown = rows.map(({ label }) => escapeControl(label));
  const textWidth = Math.max(0, ...rows.map(({ text }) => text.length));
  const labelRoom = Math.max(8, width - textWidth - SHORTEST - 2 * GUTTER.length);
  const labelWidth = Math.min(labelRoom, Math.max(0, ...shown.map(widthOf)));
  const longest = Math.max(0, ...rows.map(({ sizes }) => sizes?.length ?? Number.MAX_SAFE_INTEGER));
  const room = Math.min(longest, Math.max(SHORTEST, width - labelWidth - textWidth - 2 * GUTTER.length));
  return { labels: shown.map((label) => padTo(label, labelWidth)), room };
}

function barOf(length: number): string {
  const eighths = Math.round(length * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}

function padTo(text: string, width: number): string {
  let cut = text;
  while (widthOf(cut) > width) cut = `${[...cut].slice(0, cut.endsWith('…') ? -2 : -1).join('')}…`;
  return cut + ' '.repeat(width - widthOf(cut));
}

function widthOf(text: string): number {
  return fastStringWidth(text);
}
