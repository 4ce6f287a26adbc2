import { confirm, input, select } from '@inquirer/prompts';

/** One of the answers to a question: what is shown, and what it stands for. */
export interface Choice {
  readonly name: string;
  readonly value: string;
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

export function askText(message: string, fallback: string | undefined, streams: PromptStreams): Promise<string> {
  return input({ message, ...(fallback === undefined ? {} : { default: fallback }) }, streams);
}

export function askChoice(message: string, choices: readonly Choice[], streams: PromptStreams): Promise<string> {
  return select({ message, choices }, streams);
}
