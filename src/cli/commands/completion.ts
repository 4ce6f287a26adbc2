import { quote } from '../../core/credits';
import { WalletError } from '../../core/errors';
import { escapeControl } from '../../output/escape';
import { complete } from '../completion';
import { COMPLETION_SCRIPTS } from '../completion-scripts';
import type { CommandSpec, Noun } from '../spec';

/** The command that completes the words of all commands. */
export function completionCommand(nouns: readonly Noun[]): CommandSpec {
  return {
    path: 'completion',
    summary: 'words to complete with TAB, for bash, zsh and fish',
    details:
      'Prints the script that the shell reads. It completes commands, options and the names in the ledger: cards, apps, services, campaigns. After `--` it answers the words that fit instead, which is how the script asks.',
    args: [{ name: 'shell', help: 'bash, zsh or fish' }],
    rest: { name: 'words', help: 'a line as far as it is typed; answers what may follow' },
    examples: [
      { command: 'wallet completion bash', says: 'in ~/.bashrc: source <(wallet completion bash)' },
      { command: 'wallet completion bash -- card p', says: 'what may stand for p' },
    ],
    kind: 'local',
    async run(call, cli) {
      const shell = call.arg(0);
      const script = Object.hasOwn(COMPLETION_SCRIPTS, shell) ? COMPLETION_SCRIPTS[shell] : undefined;
      if (script === undefined) throw unknownShell(shell);
      if (call.rest.length === 0) return cli.show({ script }, () => script);
      const found = await complete(nouns, call.rest, () => cli.wallet());
      const lines = found.map(([word, help]) => `${escapeControl(word)}\t${escapeControl(help)}\n`);
      return cli.show({ words: found.map(([word]) => word) }, () => ({ styled: lines.join('') }));
    },
  };
}

function unknownShell(word: string): WalletError {
  return new WalletError('invalid_value', `there is no completion for ${quote(word)}`, {
    why: `the shells are ${Object.keys(COMPLETION_SCRIPTS).join(', ')}`,
    hint: 'wallet completion bash',
  });
}
