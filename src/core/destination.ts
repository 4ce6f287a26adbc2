import { quote } from './credits';
import { WalletError } from './errors';
import { parseEmail } from './text';

const ROLES = ['admin', 'accountant'];
const MOST = 20;

/**
 * Reads where notices go: e-mail addresses, URLs and roles, each once. `admit` throws for a URL that can't be used.
 * Throws `invalid_usage` for none at all, and `invalid_value` with the reason for one that is no destination.
 */
export function parseDestinations(texts: readonly string[], admit: (url: string) => void): readonly string[] {
  const destinations = [...new Set(texts.map((text) => parseDestination(text.trim(), admit)))];
  if (destinations.length === 0) throw nobody();
  if (destinations.length <= MOST) return destinations;
  throw new WalletError('invalid_value', `${destinations.length} destinations are too many`, {
    why: `an alert goes to ${MOST} at most`,
    hint: 'send it to a mailing list',
  });
}

function parseDestination(text: string, admit: (url: string) => void): string {
  if (text === '') throw nobody();
  const role = /^role:(.*)$/i.exec(text)?.[1];
  if (role !== undefined) return parseRole(role);
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) admit(text);
  else parseEmail(text);
  return text;
}

function parseRole(role: string): string {
  if (ROLES.includes(role.toLowerCase())) return `role:${role.toLowerCase()}`;
  throw new WalletError('invalid_value', `the role ${quote(role)} is not valid`, {
    why: `the roles that can be told are ${ROLES.join(' and ')}`,
    hint: '--to role:admin',
  });
}

function nobody(): WalletError {
  return new WalletError('invalid_usage', 'an alert needs somebody to tell', {
    why: 'no destination was named; nothing was changed',
    hint: 'add --to ada@example.com, --to https://hooks.example.com/… or --to role:admin',
  });
}
