import type { Call } from './call';
import type { Cli } from './cli';

export async function importUsage(_call: Call, _cli: Cli): Promise<number> {
  throw new Error('not yet');
}
