import { expect, test } from 'vitest';
import { runSession, sessionFiles } from '../helpers/session';

test.each(sessionFiles())(
  '%s goes the same way through a server',
  async (file) => {
    const { actual, expected } = await runSession(file, {}, 'remote');
    expect(actual).toBe(expected);
  },
  120_000,
);
