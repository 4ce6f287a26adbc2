import type { ChangeOptions } from '../contract/calls';
import type { UsageEvent } from '../contract/usage';
import type { Dependencies } from './dependencies';
import type { Recorded } from './recorded-usage';
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
  /** Whose ledger they go to: a write has one line of each organisation at most. */
  readonly org: number;
  readonly waiting: Waiting[];
}

/** Events that are written at once, of all callers together. */
const LARGEST_ROUND = 500;
/** Writes under way at once where the store is far away: while it works on one, the next one is decided. */
const ROUNDS = 2;
/** So few events are not worth a write beside another one: they wait for its end, and share the next. */
const FEWEST = 4;
/** How long events wait at most for those that may come along: callers who have just been answered and go on. */
const GATHERING_MS = 2;

/**
 * Posts single events that come in at the same time as one write, whoever they are of: sharing the trips and the commit
 * is worth more than any other tuning. Callers who post in a row come to share their writes; an event that comes alone is
 * posted alone and waits for nobody.
 */
export class UsageQueue {
  readonly #lines = new Map<string, Line>();
  /** Writes that may be under way at once. */
  readonly #most: number;
  #rounds = 0;
  /** Events that wait, and events that are being posted. */
  #waiting = 0;
  #posting = 0;
  /** Events that there were at once lately, and will be again where those who are answered go on. */
  #callers = 0;
  #isStarting = false;
  #timer: NodeJS.Timeout | undefined;

  /** Whether the store is so far away that it works on one write while this process decides the next. */
  constructor({ isFar }: { readonly isFar: boolean }) {
    this.#most = isFar ? ROUNDS : 1;
  }

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
    const present = this.#waiting + this.#posting;
    const isIdle = this.#rounds === 0 && this.#timer === undefined;
    const enough = isIdle ? 1 : this.#share(Math.max(this.#callers, present));
    if (this.#isStarting || this.#rounds >= this.#most || this.#waiting < enough) return;
    this.#isStarting = true;
    // What has arrived by now is read off the network first, and goes along.
    setImmediate(() => {
      this.#isStarting = false;
      const round = this.#takeRound();
      if (round.length > 0) void this.#post(round);
    });
  }

  /** How many of so many events go together, so that there are as many for the write beside theirs. */
  #share(events: number): number {
    const share = events < FEWEST * this.#most ? events : Math.ceil(events / this.#most);
    return Math.min(share, LARGEST_ROUND);
  }

  /** The longest waiting of each organisation. */
  #takeRound(): readonly Line[] {
    const most = this.#share(this.#waiting + this.#posting);
    const round: Line[] = [];
    const orgs = new Set<number>();
    let events = 0;
    for (const [caller, line] of this.#lines) {
      if (events >= most) break;
      if (orgs.has(line.org)) continue;
      orgs.add(line.org);
      const taken = line.waiting.splice(0, most - events);
      if (line.waiting.length === 0) this.#lines.delete(caller);
      events += taken.length;
      round.push({ ...line, waiting: taken });
    }
    this.#waiting -= events;
    this.#posting += events;
    return round;
  }

  async #post(round: readonly Line[]): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#rounds += 1;
    await postTogether(round);
    this.#rounds -= 1;
    const answered = round.reduce((sum, { waiting }) => sum + waiting.length, 0);
    this.#callers = this.#waiting + this.#posting;
    this.#posting -= answered;
    if (this.#rounds === 0 && this.#callers > 1) this.#gather();
    this.#start();
  }

  /**
   * Those who were answered mostly ask again at once. Would the others not wait for them, the callers would be split into
   * ever smaller parts that take turns, and every write would cost as much as a large one. Who is alone waits for nobody.
   */
  #gather(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
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
