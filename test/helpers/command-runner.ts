import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** What came of a command line: a status, or what stood in its place. */
export interface Ran {
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** One process of the built program that answers any number of command lines. */
export interface CommandRunner {
  run(words: readonly string[]): Promise<Ran>;
  stop(): void;
}

export function startRunner(cwd: string, env: Readonly<Record<string, string>>): CommandRunner {
  const driver = path.resolve('test/helpers/command-driver.cjs');
  const child = spawn(process.execPath, [driver, path.resolve('dist/main.js')], { cwd, env, stdio: 'pipe' });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  return {
    async run(words) {
      child.stdin.write(`${JSON.stringify(words)}\n`);
      const { value, done } = await answers.next();
      if (done) return { status: `the process is gone: ${said}`, stdout: '', stderr: said };
      return JSON.parse(value) as Ran;
    },
    stop: () => child.kill(),
  };
}
