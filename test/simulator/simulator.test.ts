import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { live, openLedger } from './world';

const SEEDS = Number(process.env.WALLET_SIM_SEEDS ?? 2_000);
const FIRST = Number(process.env.WALLET_SIM_FIRST ?? 1);
/** Worlds to a ledger: an ever longer table of organisations is no part of what is simulated. */
const WORLDS = 250;
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

test(
  `charged is credited in ${SEEDS} seeded worlds of lost messages, late messages, kills and clock jumps`,
  async () => {
    const faults: string[] = [];
    for (let seed = FIRST; seed < FIRST + SEEDS; seed += WORLDS) {
      const ledger = await openLedger(FOLDER);
      for (let at = seed; at < Math.min(seed + WORLDS, FIRST + SEEDS); at += 1) {
        const fault = await live(ledger.store, at);
        if (fault !== undefined) faults.push(fault);
      }
      await ledger.close();
    }
    expect(faults.slice(0, 5)).toEqual([]);
  },
  SEEDS * 140,
);
