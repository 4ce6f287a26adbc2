import type { ChangeOptions } from '../contract/calls';
import type { UsageEvent } from '../contract/usage';
import type { Dependencies } from './dependencies';
import type { Recorded } from './usage';
import { recordGroups } from './usage-group';

type Request = ChangeOptions & UsageEvent & { recharge?: boolean };

interface Waiting {
  readonly request: Request;
  resolve(recorded: Recorded): void;
  reject(error: unknown): void;
}

/** Who posts, and by which settings they were let in, where nobody has looked whether these still stand. */
export interface Poster {
  readonly deps: Dependencies;
  /** Events under the same name may share a write: same actor, organisation, zone, clock and settings. */
  readonly name: string;
  readonly under?: string;
}

/** Events of one caller that wait to be posted. */
interface Line {
  readonly by: Poster;
  /** Whose ledger they go to: of one organisation, one line is posted at a time. */
  readonly org: number;
  readonly waiting: Waiting[];
}

/** Events that are written at once, of all callers together. */
const LARGEST_ROUND = 500;
/** Writes under way at once: while the database works on one, the next one is decided. */
const ROUNDS = 2;
/** So many events are worth a write beside the one that is under way; fewer wait for its end, and share the next. */
const WORTH_A_ROUND = 16;
/** How long events wait at most for those that may come along: callers who have just been answered and go on. */
const GATHERING_MS = 2;

/**
 * Posts single events that come in at the same time as one write, whoever they are of: sharing the trips and the commit
 * is worth more than any other tuning. Callers who post in a row come to share their writes; an event that comes alone is
 * posted alone and waits for nobody.
 */
export class UsageQueue {
  readonly #lines = new Map<string, Line>();
  readonly #busy = new Set<number>();
  #rounds = 0;
  /** Events that wait. */
  #waiting = 0;
  #isStarting = false;
  /** So many events are waited for, until the timer ends that. */
  #expected = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Whether the request may wait for others, and be posted together with them. */
  static takes(request: Request): boolean {
    return request.dryRun !== true && request.recharge !== true;
  }

  /** As `recordUsage`. Throws `SettingsChanged` where those that the poster was let in by stand no more. */
  record(by: Poster, request: Request): Promise<Recorded> {
    const line = this.#lines.get(by.name) ?? { by, org: by.deps.caller?.org ?? 0, waiting: [] };
    this.#lines.set(by.name, line);
    return new Promise((resolve, reject) => {
      line.waiting.push({ request, resolve, reject });
      this.#waiting += 1;
      this.#start();
    });
  }

  #start(): void {
    if (this.#waiting < this.#expected) return;
    this.#expected = 0;
    const isWorthIt = this.#rounds === 0 ? this.#waiting > 0 : this.#waiting >= WORTH_A_ROUND;
    if (this.#isStarting || this.#rounds >= ROUNDS || !isWorthIt) return;
    this.#isStarting = true;
    // What has arrived by now is read off the network first, and goes along.
    setImmediate(() => {
      this.#isStarting = false;
      const round = this.#takeRound();
      if (round.length > 0) void this.#post(round);
    });
  }

  /** The longest waiting of each organisation that nothing is posted to. */
  #takeRound(): readonly Line[] {
    const round: Line[] = [];
    let events = 0;
    for (const [caller, line] of this.#lines) {
      if (events >= LARGEST_ROUND) break;
      if (this.#busy.has(line.org)) continue;
      this.#busy.add(line.org);
      const taken = line.waiting.splice(0, LARGEST_ROUND - events);
      if (line.waiting.length === 0) this.#lines.delete(caller);
      events += taken.length;
      this.#waiting -= taken.length;
      round.push({ ...line, waiting: taken });
    }
    return round;
  }

  async #post(round: readonly Line[]): Promise<void> {
    this.#rounds += 1;
    await postTogether(round);
    this.#rounds -= 1;
    for (const { org } of round) this.#busy.delete(org);
    const answered = round.reduce((sum, { waiting }) => sum + waiting.length, 0);
    // Of one organisation nothing is posted beside it: all go together. Of several, the rest do not keep these.
    const most = round.length > 1 ? WORTH_A_ROUND : LARGEST_ROUND;
    if (this.#rounds === 0) this.#gather(Math.min(this.#waiting + answered, most));
    this.#start();
  }

  /**
   * Those who were answered mostly ask again at once. Would the others not wait for them, the callers would be split into
   * two halves that take turns, and every write would cost twice as much an event. Who is alone waits for nobody.
   */
  #gather(callers: number): void {
    clearTimeout(this.#timer);
    this.#expected = callers > 1 ? callers : 0;
    if (this.#expected === 0) return;
    this.#timer = setTimeout(() => {
      this.#expected = 0;
      this.#start();
    }, GATHERING_MS);
  }
}

async function postTogether(round: readonly Line[]): Promise<void> {
  const groups = round.map(({ by: { deps, under }, waiting }) => ({
    deps,
    under,
    requests: waiting.map(({ request: { recharge: _, ...request } }) => request),
  }));
  try {
    const outcomes = await recordGroups(groups);
    for (const [of, { waiting }] of round.entries())
      for (const [at, { resolve, reject }] of waiting.entries()) {
        const outcome = outcomes[of]?.[at];
        if (outcome !== undefined && 'recorded' in outcome) resolve(outcome.recorded);
        else reject(outcome?.error);
      }
  } catch (error) {
    for (const { waiting } of round) for (const { reject } of waiting) reject(error);
  }
}
