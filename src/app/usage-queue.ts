import type { ChangeOptions } from '../contract/calls';
import type { UsageEvent } from '../contract/usage';
import type { Dependencies } from './dependencies';
import { type Recorded, recordUsage } from './usage';
import { recordGroup } from './usage-group';

type Request = ChangeOptions & UsageEvent & { recharge?: boolean };

interface Waiting {
  readonly request: Request;
  resolve(recorded: Recorded): void;
  reject(error: unknown): void;
}

/** Events of one caller that wait for the same write. */
interface Line {
  readonly waiting: Waiting[];
  isPosting: boolean;
}

const LARGEST_GROUP = 500;

/**
 * Posts single events that come in at the same time as one write: sharing the commit is worth more than any other
 * tuning. An event that comes alone is posted alone and waits for nobody.
 */
export class UsageQueue {
  readonly #lines = new Map<string, Line>();

  /** As `recordUsage`. Events under the same `caller` may share a write: same actor, organisation, zone and clock. */
  record(deps: Dependencies, caller: string, request: Request): Promise<Recorded> {
    if (request.dryRun === true || request.recharge === true) return recordUsage(deps, request);
    const line = this.#lines.get(caller) ?? { waiting: [], isPosting: false };
    this.#lines.set(caller, line);
    return new Promise((resolve, reject) => {
      line.waiting.push({ request, resolve, reject });
      if (!line.isPosting) void this.#post(deps, caller, line);
    });
  }

  async #post(deps: Dependencies, caller: string, line: Line): Promise<void> {
    line.isPosting = true;
    while (line.waiting.length > 0) {
      // What has arrived by now is read off the network first, and goes along.
      await new Promise((resolve) => setImmediate(resolve));
      await postTogether(deps, line.waiting.splice(0, LARGEST_GROUP));
    }
    this.#lines.delete(caller);
  }
}

async function postTogether(deps: Dependencies, group: readonly Waiting[]): Promise<void> {
  const [first] = group;
  try {
    if (group.length === 1 && first !== undefined) return first.resolve(await recordUsage(deps, first.request));
    const outcomes = await recordGroup(
      deps,
      group.map(({ request: { recharge: _, ...request } }) => request),
    );
    for (const [at, { resolve, reject }] of group.entries()) {
      const outcome = outcomes[at];
      if (outcome !== undefined && 'recorded' in outcome) resolve(outcome.recorded);
      else reject(outcome?.error);
    }
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}
