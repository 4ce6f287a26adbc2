/** As much as one write takes at once. */
const MOST_CHARACTERS = 4_000;

/**
 * Gives the lines that come in one turn of the event loop out together: a write for each would be a good part of what a
 * small request costs.
 */
export function gatherLines(write: (text: string) => void) {
  let gathered = '';
  const flush = () => {
    const text = gathered;
    gathered = '';
    if (text !== '') write(text);
  };
  return {
    add(line: string): void {
      if (gathered.length + line.length > MOST_CHARACTERS) flush();
      if (gathered === '') setImmediate(flush);
      gathered += gathered === '' ? line : `\n${line}`;
    },
    flush,
  };
}
