const HARMLESS = /^[\w@%+=:,./-]+$/;

/** The command as a line for a POSIX shell. */
export function scriptLine(words: readonly string[]): string {
  return ['wallet', ...words].map(shellWord).join(' ');
}

function shellWord(word: string): string {
  return HARMLESS.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
