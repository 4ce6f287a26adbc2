import { spawnSync } from 'node:child_process';

/** Programs of Debian's packages that tests run where the machine has them. */
export const PROGRAMS = ['hledger', 'ledger', 'bean-check', 'fish', 'zsh', 'crontab'] as const;

export function hasProgram(name: (typeof PROGRAMS)[number] | 'man'): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}
