import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runSession } from '../helpers/session';

const folder = path.resolve('test/sessions');
const files = readdirSync(folder).filter((file) => file.endsWith('.session'));

describe.each(['local', 'remote'] as const)('%s', (mode) => {
  test.each(files)(
    '%s',
    async (file) => {
      const { actual, expected } = await runSession(path.join(folder, file), {}, mode);
      expect(actual).toBe(expected);
    },
    120_000,
  );
});
