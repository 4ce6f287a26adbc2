import type { PostgresConnection } from './postgres-connection';
import { askedAtOnce, canBeAskedAtOnce, listOf } from './postgres-statements';
import type { Question, SqlConnection, SqlRow, SqlValue, Together, Work } from './sql-driver';

type Values = readonly SqlValue[];

/** One work's statement that waits to be sent, together with those of the others that are the same. */
interface Wish {
  readonly sql: string;
  readonly rows: readonly Values[];
  /** Whether it changes something. */
  readonly changes: boolean;
  /** Whether it may be one statement with others, or is run by itself. */
  readonly shares: boolean;
  /** Whether somebody waits to hear of it. */
  readonly isAwaited: boolean;
  take(answer: Answer): void;
  fail(error: unknown): void;
}

interface Answer {
  readonly names: readonly string[];
  readonly rows: readonly Values[];
  readonly count: number;
}

/** Thrown to undo what several works did together: each of them has to be done alone. */
class Apart extends Error {}

/** Does the works on one connection; what failed without a trace is left out. Throws where the others can't stand without it. */
export async function doTogether<T>(connection: PostgresConnection, works: readonly Work<T>[]): Promise<Together<T>> {
  const shared = new SharedTransaction(connection, works.length);
  const members = works.map((_, at) => shared.member(at));
  const working = works.map((work, at) => work(members[at] as Member));
  shared.flush(); // what all begin with goes out with what begins the transaction
  const outcomes = await Promise.allSettled(working);
  if (connection.failure !== undefined) throw connection.failure;
  if (outcomes.some(({ status }, at) => status === 'rejected' && members[at]?.hasChanged)) throw new Apart();
  shared.flush();
  return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? { result: outcome.value } : undefined));
}

/**
 * One transaction that several works share. What they ask at the same stage goes out as one statement for all of them,
 * and what they write is kept until one of them waits for an answer, or all are done.
 */
class SharedTransaction {
  readonly #connection: PostgresConnection;
  readonly #queues: Wish[][];
  #isScheduled = false;

  constructor(connection: PostgresConnection, works: number) {
    this.#connection = connection;
    this.#queues = Array.from({ length: works }, () => []);
  }

  /** What the work at that place has for its connection. */
  member(at: number): Member {
    const queue = this.#queues[at] as Wish[];
    return new Member((wish) => {
      queue.push(wish);
      if (wish.isAwaited) this.#schedule();
    });
  }

  /** Sends what is still kept. */
  flush(): void {
    const left = new Map<string, number>();
    for (const queue of this.#queues) for (const { sql } of queue) left.set(sql, (left.get(sql) ?? 0) + 1);
    for (let together = this.#next(left); together.length > 0; together = this.#next(left)) this.#send(together);
  }

  /** Once all works that can go on have gone on, and wait. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  /** The wishes that are sent next: those at the head of their queues that are the same, and best none behind them. */
  #next(left: Map<string, number>): readonly Wish[] {
    const heads = new Map<string, Wish[][]>();
    for (const queue of this.#queues) {
      const [head] = queue;
      if (head === undefined) continue;
      const same = heads.get(head.sql);
      if (same === undefined) heads.set(head.sql, [queue]);
      else same.push(queue);
    }
    let chosen: Wish[][] = [];
    for (const [sql, queues] of heads) {
      if (chosen.length === 0) chosen = queues;
      if (queues.length !== left.get(sql)) continue;
      chosen = queues;
      break;
    }
    const wishes = chosen.map((queue) => queue.shift() as Wish);
    const [first] = wishes;
    if (first !== undefined) left.set(first.sql, (left.get(first.sql) ?? 0) - wishes.length);
    return wishes;
  }

  #send(wishes: readonly Wish[]): void {
    const [first] = wishes;
    if (first === undefined) return;
    if (!first.shares) for (const wish of wishes) this.#answer([wish], this.#alone(wish));
    else if (first.changes) this.#answer(wishes, this.#write(wishes));
    else this.#answer(wishes, this.#ask(wishes));
  }

  #answer(wishes: readonly Wish[], answers: Promise<readonly Answer[]>): void {
    answers.then(
      (all) => {
        for (const [at, wish] of wishes.entries()) wish.take(all[at] as Answer);
      },
      (error: unknown) => {
        for (const wish of wishes) wish.fail(error);
      },
    );
  }

  async #alone({ sql, rows: [params = []], changes }: Wish): Promise<Answer[]> {
    if (changes) return [{ names: [], rows: [], count: await this.#connection.run(sql, params) }];
    const rows = await this.#connection.all(sql, params);
    const names = Object.keys(rows[0] ?? {});
    return [{ names, rows: rows.map((row) => Object.values(row)), count: 0 }];
  }

  /** Where fewer rows were written than there are, nobody knows whose are missing. */
  async #write(wishes: readonly Wish[]): Promise<Answer[]> {
    const { sql, isAwaited } = wishes[0] as Wish;
    const rows = wishes.flatMap((wish) => wish.rows);
    if (!isAwaited) this.#connection.send(sql, rows);
    const count = isAwaited ? await this.#connection.bulk(sql, rows) : rows.length;
    if (count !== rows.length && wishes.length > 1) throw new Apart();
    return wishes.map((wish) => ({ names: [], rows: [], count: wishes.length > 1 ? wish.rows.length : count }));
  }

  async #ask(wishes: readonly Wish[]): Promise<Answer[]> {
    const { sql } = wishes[0] as Wish;
    const { statement, values } = askedAtOnce(
      sql,
      wishes.flatMap((wish) => wish.rows),
    );
    const { rows, names: columns } = await this.#connection.ask(statement, values);
    const names = columns.slice(1);
    const owners = wishes.flatMap((wish, at) => wish.rows.map(() => at));
    const answers = wishes.map(() => ({ names, rows: [] as Values[], count: 0 }));
    for (const [at, ...row] of rows) answers[owners[Number(at)] ?? 0]?.rows.push(row);
    return answers;
  }
}

/** The connection of one work among several. */
class Member implements SqlConnection {
  readonly #wish: (wish: Wish) => void;
  #hasChanged = false;

  constructor(wish: (wish: Wish) => void) {
    this.#wish = wish;
  }

  /** Whether the work has changed anything. */
  get hasChanged(): boolean {
    return this.#hasChanged;
  }

  async all(sql: string, params: Values = []): Promise<readonly SqlRow[]> {
    const { names, rows } = await this.#read(sql, params);
    return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? null])));
  }

  async get(sql: string, params: Values = []): Promise<SqlRow | undefined> {
    return (await this.all(sql, params))[0];
  }

  async column(sql: string, params: Values = []): Promise<readonly SqlValue[]> {
    return (await this.#read(sql, params)).rows.map((row) => row[0] ?? null);
  }

  async table(sql: string, params: Values = []): Promise<readonly Values[]> {
    return (await this.#read(sql, params)).rows;
  }

  tables(questions: readonly Question[]): Promise<(readonly Values[])[]> {
    return Promise.all(questions.map(([sql, params]) => this.table(sql, params)));
  }

  async unmatched(sql: string, rows: Iterable<Values>): Promise<readonly number[]> {
    const places: number[] = [];
    for (const [place, row] of [...rows].entries()) if ((await this.table(sql, row)).length === 0) places.push(place);
    return places;
  }

  async run(sql: string, params: Values = []): Promise<number> {
    return (await this.#add({ sql, rows: [params], changes: true, shares: false })).count;
  }

  async bulk(sql: string, rows: readonly Values[]): Promise<number> {
    return rows.length === 0 ? 0 : (await this.#add({ sql, rows, changes: true, shares: true })).count;
  }

  send(sql: string, rows: readonly Values[]): void {
    if (rows.length === 0) return;
    this.#hasChanged = true;
    // What fails it fails the transaction, at its end.
    const nobody = () => undefined;
    this.#wish({ sql, rows, changes: true, shares: true, isAwaited: false, take: nobody, fail: nobody });
  }

  #read(sql: string, params: Values): Promise<Answer> {
    const list = listOf(sql, params);
    if (list === undefined) return this.#add({ sql, rows: [params], changes: false, shares: canBeAskedAtOnce(sql) });
    const fixed = params.slice(0, -list.count);
    const rows = params.slice(-list.count).map((value) => [...fixed, value]);
    return this.#add({ sql: `${list.head} IN (?)`, rows, changes: false, shares: true });
  }

  #add(wish: Pick<Wish, 'sql' | 'rows' | 'changes' | 'shares'>): Promise<Answer> {
    if (wish.changes) this.#hasChanged = true;
    return new Promise((take, fail) => this.#wish({ ...wish, isAwaited: true, take, fail }));
  }
}
