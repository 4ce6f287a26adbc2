// What a terminal shows, as a picture: text with its colours, in SVG that needs nothing but a monospaced font.

interface Run {
  readonly text: string;
  readonly style: string;
}

const CHAR_WIDTH = 8.4;
const LINE_HEIGHT = 19;
const MARGIN = 16;
const STYLES: Readonly<Record<string, string>> = {
  '1': 'font-weight="bold"',
  '2': 'opacity="0.65"',
  '31': 'fill="#ff7b72"',
  '32': 'fill="#7ee787"',
  '33': 'fill="#e3b341"',
  '36': 'fill="#79c0ff"',
};
/** What switches a style off again. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  '0': Object.keys(STYLES),
  '22': ['1', '2'],
  '39': ['31', '32', '33', '36'],
};

/** The picture of a command and what it answered. `label` says the same to who cannot see it. */
export function pictureOf(text: string, label: string): string {
  const lines = text.trimEnd().split('\n').map(runsIn);
  const widest = Math.max(...lines.map((runs) => runs.reduce((sum, run) => sum + run.text.length, 0)));
  const width = Math.ceil(widest * CHAR_WIDTH + 2 * MARGIN);
  const height = lines.length * LINE_HEIGHT + 2 * MARGIN;
  const rows = lines.map((runs, index) => lineOf(runs, MARGIN + (index + 1) * LINE_HEIGHT - 5));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="${inXml(label)}">
<rect width="${width}" height="${height}" rx="8" fill="#161b22"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#e6edf3" xml:space="preserve">
${rows.join('\n')}
</g>
</svg>
`;
}

/** `textLength` keeps columns in line whatever the font is. */
function lineOf(runs: readonly Run[], y: number): string {
  let column = 0;
  const texts = runs.map(({ text, style }) => {
    const x = (MARGIN + column * CHAR_WIDTH).toFixed(1);
    column += text.length;
    if (text.trim() === '') return '';
    const length = (text.length * CHAR_WIDTH).toFixed(1);
    return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${style}>${inXml(text)}</text>`;
  });
  return texts.join('');
}

/** The line in pieces of one style each. */
function runsIn(line: string): readonly Run[] {
  const on = new Set<string>();
  const runs: Run[] = [];
  for (const [, code, text = ''] of line.matchAll(/\u001b\[(\d*)m|([^\u001b]+)/g)) {
    if (code === undefined) runs.push({ text, style: [...on].map((each) => ` ${STYLES[each]}`).join('') });
    else if (code in STYLES) on.add(code);
    else for (const ended of ENDS[code === '' ? '0' : code] ?? []) on.delete(ended);
  }
  return runs;
}

function inXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
