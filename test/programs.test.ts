import { expect, test } from 'vitest';
import { hasProgram, PROGRAMS } from './helpers/programs';

/** `.ci/run` installs all of them and says so in WALLET_TEST_PROGRAMS: no test that runs one may then be left out. */
test('every program that is promised to the tests is there', () => {
  const promised = process.env.WALLET_TEST_PROGRAMS === 'all' ? PROGRAMS : [];

  expect(promised.filter((name) => !hasProgram(name))).toEqual([]);
});
