import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runSession } from '../helpers/session';

const folder = path.resolve('test/sessions');
const files = readdirSync(folder).filter((file) => file.endsWith('.session'));

test.each(files)('%s', async (file) => {
  const { actual, expected } = await runSession(path.join(folder, file));
  expect(actual).toBe(expected);
});
