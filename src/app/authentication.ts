import type { Actor, TokenRecord } from '../core/access';
import { WalletError } from '../core/errors';
import type { Instant } from '../core/time';
import { hashOf, parseToken, type TokenParts } from '../core/token';
import type { LedgerView } from '../ports/ledger-view';
import type { OrganisationRecord } from '../ports/record-types';
import type { Store } from '../ports/store';
import type { System } from '../ports/system';

const HOUR_MS = 3_600_000;
const MOST_SEEN = 10_000;

/** Whose token it is: what the actor may do, and the only organisation it may do it in. */
export interface Identity {
  readonly token: string;
  readonly actor: Actor;
  readonly org: OrganisationRecord;
}

/** What a process knows of the tokens that were used of late. */
export interface SeenTokens {
  /** When each was last seen to have been used: the note of it is looked at once an hour. */
  readonly uses: Map<string, Instant>;
  /** By the text of a token: the record that its secret was held against, and opens. */
  readonly proofs: Map<string, Proof>;
}

interface Proof {
  readonly parts: TokenParts;
  readonly found: Found;
}

export function createSeenTokens(): SeenTokens {
  return { uses: new Map(), proofs: new Map() };
}

/**
 * Whose token it was when last looked at, and the settings under which: whoever goes by it has to ask whether they still
 * stand. Undefined where nothing is known, or by what is known it would be refused.
 */
export async function identifyAsKnown(store: Store, system: System, text: string, seen: SeenTokens) {
  const parts = partsOf(text, system, seen);
  const known =
    parts === undefined ? undefined : store.recallAsKnown<Found | undefined>(parts.org, tokenName(parts.id));
  const found = await known?.answer;
  if (parts === undefined || known === undefined || found === undefined) return undefined;
  const now = system.now();
  const isGood = opens(text, { parts, found }, system, seen) && !hasExpired(found.token, now);
  const isNoted = isRecent(seen.uses.get(found.token.id), now);
  return isGood && isNoted ? { identity: found.identity, under: known.seal } : undefined;
}

/**
 * Tells whose token it is, as it stands at this moment: one that was revoked opens nothing from then on. Answers the
 * same object for as long as nothing about the organisation changes. Throws `unauthorized`, in the same words whatever
 * is wrong with the token, save that it has expired.
 */
export async function authenticate(store: Store, system: System, text: string, seen: SeenTokens): Promise<Identity> {
  const parts = partsOf(text, system, seen);
  if (parts === undefined) throw refused();
  const found = await store.recall(parts.org, tokenName(parts.id), (view) => readToken(view, parts.id));
  if (found === undefined || !opens(text, { parts, found }, system, seen)) throw refused();
  const { token, identity } = found;
  const now = system.now();
  if (hasExpired(token, now)) throw expired();
  if (!isRecent(seen.uses.get(token.id), now)) await seeUse(store, system, found, seen);
  return identity;
}

/** Under which name it is remembered. */
function tokenName(id: string): string {
  return `token ${id}`;
}

function partsOf(text: string, system: System, { proofs }: SeenTokens): TokenParts | undefined {
  return proofs.get(text)?.parts ?? parseToken(text, system.digest);
}

/** Whether the secret is the token's, and opens anything. It is held against each state of its record once. */
function opens(text: string, proof: Proof, system: System, { proofs }: SeenTokens): boolean {
  const { token } = proof.found;
  if (token.revokedAt !== null) return false;
  if (proofs.get(text)?.found === proof.found) return true;
  if (!isEqual(token.hash, hashOf(proof.parts.secret, system.digest))) return false;
  if (proofs.size >= MOST_SEEN) proofs.clear();
  proofs.set(text, proof);
  return true;
}

function hasExpired({ expiresAt }: TokenRecord, now: Instant): boolean {
  return expiresAt !== null && expiresAt <= now;
}

interface Found {
  readonly token: TokenRecord;
  readonly identity: Identity;
}

async function readToken({ records }: LedgerView, id: string): Promise<Found | undefined> {
  const token = await records.tokens.find(id);
  const [org] = token === undefined ? [] : await records.organisations.list();
  if (token === undefined || org === undefined) return undefined;
  return { token, identity: { token: id, actor: { name: token.name, role: token.role, app: token.app }, org } };
}

async function seeUse(
  store: Store,
  system: System,
  { token, identity: { org } }: Found,
  { uses }: SeenTokens,
): Promise<void> {
  const now = system.now();
  const noted = await store.read(org.number, async ({ records }) => (await records.token_uses.find(token.id))?.usedAt);
  if (!isRecent(noted, now)) await noteUse(store, system, org, token);
  if (uses.size >= MOST_SEEN) uses.clear();
  uses.set(token.id, isRecent(noted, now) ? noted : now);
}

function isRecent(at: Instant | undefined, now: Instant): at is Instant {
  return at !== undefined && now - at < HOUR_MS;
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
