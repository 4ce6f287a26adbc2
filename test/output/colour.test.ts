import { describe, expect, it, test } from 'vitest';
import { colourLevel, createStyles, plainStyles } from '../../src/output/colour';

const TERMINAL = { isTTY: true };
const PIPE = {};

describe('the first that speaks decides about colour', () => {
  test.each([
    ['--color', PIPE, { NO_COLOR: '1', FORCE_COLOR: '0' }, true, 1],
    ['--no-color', TERMINAL, { FORCE_COLOR: '3' }, false, 0],
    ['NO_COLOR before FORCE_COLOR', TERMINAL, { NO_COLOR: '1', FORCE_COLOR: '1' }, undefined, 0],
    ['NO_COLOR=0 is set, so off', TERMINAL, { NO_COLOR: '0' }, undefined, 0],
    ['an empty NO_COLOR says nothing', TERMINAL, { NO_COLOR: '' }, undefined, 1],
    ['FORCE_COLOR into a pipe', PIPE, { FORCE_COLOR: '1' }, undefined, 1],
    ['FORCE_COLOR=true', PIPE, { FORCE_COLOR: 'true' }, undefined, 1],
    ['FORCE_COLOR=3', PIPE, { FORCE_COLOR: '3' }, undefined, 3],
    ['FORCE_COLOR=0', TERMINAL, { FORCE_COLOR: '0', CLICOLOR_FORCE: '1' }, undefined, 0],
    ['CLICOLOR_FORCE', PIPE, { CLICOLOR_FORCE: '1', CLICOLOR: '0', TERM: 'dumb' }, undefined, 1],
    ['CLICOLOR_FORCE=0 says nothing', PIPE, { CLICOLOR_FORCE: '0' }, undefined, 0],
    ['CLICOLOR=0', TERMINAL, { CLICOLOR: '0' }, undefined, 0],
    ['TERM=dumb', TERMINAL, { TERM: 'dumb' }, undefined, 0],
    ['a terminal', TERMINAL, { TERM: 'xterm' }, undefined, 1],
    ['a pipe', PIPE, { TERM: 'xterm' }, undefined, 0],
  ] as const)('%s', (_, stream, env, flag, level) => {
    expect(colourLevel(stream, env, flag)).toBe(level);
  });
});

it('without colour, text stays as it is', async () => {
  expect(await createStyles(0)).toBe(plainStyles);
  expect(plainStyles.red('x')).toBe('x');
});

it('with colour, text is wrapped in the standard codes', async () => {
  const styles = await createStyles(1);
  expect([styles.bold('x'), styles.red('x'), styles.green('x')]).toEqual([
    '\x1b[1mx\x1b[22m',
    '\x1b[31mx\x1b[39m',
    '\x1b[32mx\x1b[39m',
  ]);
});
