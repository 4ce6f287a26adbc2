import { parseEmail, parseName } from '../core/text';
import type { Cli } from './cli';

export function askName({ ask }: Cli): Promise<string> {
  return ask.input('Name of the organisation', { check: (text) => void parseName(text, 'name') });
}

/** Empty for none. */
export function askEmail({ ask }: Cli): Promise<string> {
  return ask.input('Its e-mail address, for receipts and alerts (may stay empty)', { check: orEmpty(parseEmail) });
}

export function askZone({ ask, world }: Cli): Promise<string> {
  const check = async (zone: string) => void (await world.openCalendar(zone));
  return ask.input('Its time zone', { fallback: 'UTC', check });
}

/** A check for what may stay empty. */
export function orEmpty(parse: (text: string) => unknown): (text: string) => void {
  return (text) => {
    if (text !== '') parse(text);
  };
}
