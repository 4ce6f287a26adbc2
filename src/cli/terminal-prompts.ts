import { confirm, input, select } from '@inquirer/prompts';
import { WalletError } from '../core/errors';

/** One of the answers to a question: what is shown, and what it stands for. */
export interface Choice {
  readonly name: string;
  readonly value: string;
}

export interface TextOptions {
  /** What Enter alone answers. */
  readonly fallback?: string;
  readonly check?: (text: string) => void | Promise<void>;
}

/** What a question is drawn on and answered from. */
export interface PromptStreams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

// A module of its own, imported lazily: imports by name are what keeps the editor prompt, and the 550 KB of character
// tables behind it, out of the bundle.

/** Yes or No; No unless they say yes. */
export function askYesNo(message: string, streams: PromptStreams): Promise<boolean> {
  return confirm({ message, default: false }, streams);
}

/** A line of text. `check` throws for what can't be: its reason is shown, and the question stands. */
export function askText(message: string, { fallback, check }: TextOptions, streams: PromptStreams): Promise<string> {
  const validate = async (text: string) => {
    try {
      await check?.(text);
      return true;
    } catch (error) {
      if (!(error instanceof WalletError)) throw error;
      return error.why ?? error.message; // what was typed still stands there, and the line is short
    }
  };
  return input({ message, validate, ...(fallback === undefined ? {} : { default: fallback }) }, streams);
}

export function askChoice(message: string, choices: readonly Choice[], streams: PromptStreams): Promise<string> {
  return select({ message, choices }, streams);
}
