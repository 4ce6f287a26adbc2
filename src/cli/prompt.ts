import { WalletError } from '../core/errors';
import type { Choice, TextOptions } from './terminal-prompts';
import type { World } from './world';

/** Questions to a person. */
export interface Asker {
  /** The question was answered beforehand, by `--yes`. */
  readonly saysYes: boolean;
  /** Whether anybody is there to answer: stdin and stderr are terminals, and nothing forbids it. */
  readonly isPossible: boolean;
  /** Asks before money moves; No unless they say yes. Throws `confirmation_required` where nobody can answer, `cancelled` on No. */
  confirm(question: string, what: string): Promise<void>;
  /** Asks until the answer passes the check. */
  input(question: string, options?: TextOptions): Promise<string>;
  select(question: string, choices: readonly Choice[]): Promise<string>;
}

/**
 * The prompt library reads a pipe as readily as a keyboard, so `echo y | wallet buy` would pay: it is loaded only when
 * both streams are terminals. It draws on stderr; stdout is for the answer.
 */
export function createAsker(world: World, options: { readonly yes: boolean; readonly noInput: boolean }): Asker {
  const isForbidden = options.noInput || isSet(world.env.WALLET_NO_INPUT) || isSet(world.env.CI);
  const isPossible = () => !isForbidden && world.stdin.isTTY === true && world.stderr.isTTY === true;
  const streams = () => ({ input: world.stdin, output: world.stderr });
  return {
    get isPossible() {
      return isPossible();
    },
    saysYes: options.yes,
    async confirm(question, what) {
      if (options.yes) return;
      if (!isPossible()) throw confirmationRequired(what);
      const { askYesNo } = await import('./terminal-prompts');
      if (!(await askYesNo(question, streams()))) throw declined();
    },
    async input(question, options = {}) {
      const { askText } = await import('./terminal-prompts');
      return askText(question, options, streams());
    },
    async select(question, choices) {
      const { askChoice } = await import('./terminal-prompts');
      return askChoice(question, choices, streams());
    },
  };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

function confirmationRequired(what: string): WalletError {
  return new WalletError('confirmation_required', `${what} needs a confirmation`, {
    why: 'there is no terminal to ask on, or questions are switched off',
    hint: 'add --yes to go ahead, or --dry-run to see what would happen',
  });
}

function declined(): WalletError {
  return new WalletError('cancelled', 'cancelled: nothing was charged', { why: 'the confirmation was declined' });
}
