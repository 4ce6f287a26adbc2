import { STATUS_MEANINGS } from '../../src/cli/exit-status';
import type { Ran } from '../helpers/command-runner';
import { SECRETS } from './arguments';

/** Of the statuses, those that promise that nothing was changed. */
const REFUSED = new Set([2, 3, 4, 5, 8]);

/** What the program promises of every command line whatever, and did not keep here. */
export function faultsOf(
  words: readonly string[],
  { status, stdout, stderr }: Ran,
  changed: boolean,
): readonly string[] {
  const known = STATUS_MEANINGS.some(([meant]) => meant === status) && status !== 1;
  const said = `${stdout}${stderr}`;
  const faults: readonly (readonly [boolean, string])[] = [
    [!known, `status ${status}: ${stderr}`],
    [/\n\s+at .+:\d+:\d+/.test(stderr), `a stack: ${stderr}`],
    [changed && typeof status === 'number' && REFUSED.has(status), `changed the ledger, and ended with ${status}`],
    [status !== 0 && status !== 10 && said === '', `ended with ${status} and said nothing`],
    [
      SECRETS.some((secret) => words.some((word) => word.includes(secret)) && said.includes(secret)),
      'repeated a secret',
    ],
    [/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(stderr), 'a control character on stderr'],
  ];
  return faults.filter(([isSo]) => isSo).map(([, text]) => `wallet ${JSON.stringify(words)}: ${text}`);
}
