import { SETTINGS_KINDS } from '../../ports/record-types';

/** Answers what was read before under the same name, or reads it. */
export type Recall = <T>(name: string, read: () => Promise<T>) => Promise<T>;

/** More answers than this are not worth their memory: they are read again. */
const MOST_ANSWERS = 5_000;
const MOST_ORGANISATIONS = 10_000;
const SETTINGS: ReadonlySet<string> = new Set(SETTINGS_KINDS);

export function isSetting(record: string): boolean {
  return SETTINGS.has(record);
}

/** What was read of an organisation's settings under one seal: the seal of the write that changed them last. */
export class KnownSettings {
  readonly seal: string;
  /** Kept as promises: who asks is given one that is there already. */
  readonly #answers = new Map<string, Promise<unknown>>();

  constructor(seal: string) {
    this.seal = seal;
  }

  /** The answer that is known. */
  known<T>(name: string): Promise<T> | undefined {
    return this.#answers.get(name) as Promise<T> | undefined; // under one name the same is read
  }

  /** The answer that is known, or what `read` answers; that is kept where `stands` still answers these settings then. */
  recall<T>(name: string, read: () => Promise<T>, stands: () => KnownSettings | undefined): Promise<T> {
    const known = this.#answers.get(name);
    // Under one name the same is read.
    return known === undefined ? this.#learn(name, read, stands) : (known as Promise<T>);
  }

  async #learn<T>(name: string, read: () => Promise<T>, stands: () => KnownSettings | undefined): Promise<T> {
    const answer = await read();
    if (stands() !== this) return answer;
    if (this.#answers.size >= MOST_ANSWERS) this.#answers.clear();
    this.#answers.set(name, Promise.resolve(answer));
    return answer;
  }
}

/**
 * The settings of each organisation that this process has read. Whoever changes one, here or in another process, leaves
 * another seal in the wallet's row; a write reads that row under its lock, so what is known under the same seal stands.
 */
export class SettingsMemory {
  readonly #known = new Map<number, KnownSettings>();

  /** What is known of the organisation, under whatever seal. */
  of(org: number): KnownSettings | undefined {
    return this.#known.get(org);
  }

  under(org: number, seal: string): KnownSettings {
    let known = this.#known.get(org);
    if (known === undefined || known.seal !== seal) {
      known = new KnownSettings(seal);
      if (this.#known.size >= MOST_ORGANISATIONS) this.#known.clear();
      this.#known.set(org, known);
    }
    return known;
  }
}
