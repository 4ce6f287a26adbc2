import type { CommandSpec } from '../spec';

export const commands: readonly CommandSpec[] = [
  {
    path: 'run',
    summary: 'run a program on held credits',
    details:
      'Holds the credits, runs the program, and captures what it used: a whole number that it writes to the file named by $WALLET_USED_FILE, or everything if it writes none. If the program fails, is stopped by a signal or runs out of time, the hold is released. A job that the free quota covers, or that goes onto an invoice, holds no credits and runs all the same. The exit status is the program’s own; 124 if the time ran out. Under an idempotency key the program runs to its end once; one that failed may be tried again.',
    options: [
      { flag: '--app <app>', help: 'who spends', required: true },
      { flag: '--service <service>', help: 'on what', required: true },
      { flag: '--quantity <n>', help: 'units to hold', required: true },
      { flag: '--campaign <name>', help: 'what for' },
      { flag: '--timeout <duration>', help: 'stop the program after, such as 30m; 24h if not said' },
      { flag: '--overflow', help: 'capture more than was held if more was used' },
    ],
    rest: { name: 'command', help: 'the program and its arguments' },
    examples: [
      {
        command: 'wallet run --app crm --service sms --quantity 5000 -- ./send.sh',
        says: 'sends only what is paid for',
      },
    ],
    kind: 'change',
    async run(call, cli) {
      const { runOnHold } = await import('../run-on-hold');
      return runOnHold(call, cli);
    },
  },
];
