/** As much as one write takes at once. */
const MOST_CHARACTERS = 4_000;

/**
 * Makes the lines of what comes in one turn of the event loop at its end, and gives them out together: callers have their
 * answers before anybody writes about them, and a write for each would be a good part of what a small request costs.
 */
export function gatherLines(format: (line: object) => string, write: (text: string) => void) {
  let waiting: object[] = [];
  const flush = () => {
    const lines = waiting.map(format);
    waiting = [];
    let text = '';
    for (const line of lines) {
      if (text !== '' && text.length + line.length > MOST_CHARACTERS) {
        write(text);
        text = '';
      }
      text += text === '' ? line : `\n${line}`;
    }
    if (text !== '') write(text);
  };
  return {
    add(line: object): void {
      if (waiting.push(line) === 1) setImmediate(flush);
    },
    flush,
  };
}
