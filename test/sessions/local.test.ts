import { expect, test } from 'vitest';
import { runSession, sessionFiles } from '../helpers/session';

test.each(sessionFiles())(
  '%s goes as it is written',
  async (file) => {
    const { actual, expected } = await runSession(file);
    expect(actual).toBe(expected);
  },
  120_000,
);
