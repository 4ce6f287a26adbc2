import type { CommandSpec } from '../spec';

export const commands: readonly CommandSpec[] = [
  {
    path: 'demo',
    summary: 'watch a wallet at work, with play money',
    details:
      'Plays a short story on a ledger of its own in a temporary folder, which is gone afterwards: buying once although asked twice, a declined card, promotional credits, a reversal, a hold, auto top-up and an alert, the statement, the proof. Your own ledger and settings are not touched.',
    examples: [
      { command: 'wallet demo', says: 'half a minute on a terminal' },
      { command: 'wallet demo --json', says: 'every step and its answer as one document' },
    ],
    kind: 'local',
    async run(_call, cli) {
      const { playDemo } = await import('../demo');
      return playDemo(cli);
    },
  },
];
