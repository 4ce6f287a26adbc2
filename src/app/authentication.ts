import type { Actor, TokenRecord } from '../core/access';
import { WalletError } from '../core/errors';
import { hashOf, parseToken } from '../core/token';
import type { OrganisationRecord, Store } from '../ports/store';
import type { System } from '../ports/system';

const HOUR_MS = 3_600_000;

/** Whose token it is: what the actor may do, and the only organisation it may do it in. */
export interface Identity {
  readonly token: string;
  readonly actor: Actor;
  readonly org: OrganisationRecord;
}

/**
 * Tells whose token it is, reading it anew each time: one that was revoked opens nothing from then on. Throws
 * `unauthorized`, in the same words whatever is wrong with the token, save that it has expired.
 */
export async function authenticate(store: Store, system: System, text: string): Promise<Identity> {
  const parts = parseToken(text, system.digest);
  if (parts === undefined) throw refused();
  const found = await store.read(parts.org, async ({ records }) => {
    const token = await records.tokens.find(parts.id);
    const [org] = token === undefined ? [] : await records.organisations.list();
    const use = token === undefined ? undefined : await records.token_uses.find(parts.id);
    return token === undefined || org === undefined ? undefined : { token, org, use };
  });
  const hash = hashOf(parts.secret, system.digest);
  if (found === undefined || !isEqual(found.token.hash, hash) || found.token.revokedAt !== null) throw refused();
  const { token, org, use } = found;
  const now = system.now();
  if (token.expiresAt !== null && token.expiresAt <= now) throw expired();
  if (use === undefined || now - use.usedAt >= HOUR_MS) await noteUse(store, system, org, token);
  return { token: token.id, actor: { name: token.name, role: token.role, app: token.app }, org };
}

async function noteUse(
  store: Store,
  system: System,
  org: OrganisationRecord,
  { id, name }: TokenRecord,
): Promise<void> {
  const facts = { actor: name, action: 'token.use', subject: id, reason: null, at: system.now() };
  try {
    await store.write(org.number, facts, async ({ records }) => {
      const use = await records.token_uses.find(id);
      if (use === undefined) await records.token_uses.insert({ id, usedAt: facts.at, version: 1 });
      else await records.token_uses.update({ ...use, usedAt: facts.at });
    });
  } catch {
    // Another server noted it, or the ledger is busy: the request matters more than the note.
  }
}

/** Compares digests without telling by the time it takes how much of them is equal. */
function isEqual(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at += 1) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}

function refused(): WalletError {
  return new WalletError('unauthorized', 'the token was not accepted', {
    why: 'it is malformed, revoked, or of another wallet',
    hint: 'ask an administrator for a token, and set it as WALLET_API_TOKEN',
  });
}

function expired(): WalletError {
  return new WalletError('unauthorized', 'the token has expired', {
    why: 'nothing was done',
    hint: 'ask an administrator for a new one: wallet token create --role ROLE',
  });
}
