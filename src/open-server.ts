import { readFileSync } from 'node:fs';
import { authenticate, createSeenTokens, type Identity, identifyAsKnown } from './app/authentication';
import type { Dependencies } from './app/dependencies';
import { createLocalWallet } from './app/local-wallet';
import { UsageQueue } from './app/usage-queue';
import { startJobs } from './background-jobs';
import type { ServeRequest, Settings } from './cli/world';
import type { CallerSettings, Visitor, WalletHost } from './contract/host';
import type { Nouns } from './contract/routes';
import type { WalletService } from './contract/wallet-service';
import { type Credits, parseCredits } from './core/credits';
import { WalletError } from './core/errors';
import { EventSettlement } from './event-settlement';
import { type RunningServer, startServer } from './http/server';
import { callOf, type LedgerCall, openLedger } from './open-wallet';
import { SettingsChanged } from './ports/ledger-unit';
import type { Store } from './ports/store';

type UsageRequest = Parameters<WalletService['usage']['record']>[0];
/** Different settings of one caller that are remembered. */
const MOST_WISHES = 20;

type Environment = Readonly<Record<string, string | undefined>>;

interface ServerLog {
  /** Takes one line of the log. */
  log(line: object): void;
  /** The text with every secret in it blotted out. */
  redact(text: string): string;
}

/** The server over the ledger that the settings name. Throws `not_initialised` where there is none. */
export async function openServer(
  settings: Settings,
  env: Environment,
  request: ServeRequest & ServerLog,
  version: string,
): Promise<RunningServer> {
  const { dependencies } = openLedger(settings, env);
  const own = callOf(settings);
  const deps = dependencies(own);
  const { isFar } = await requireLedger(deps);
  const tls = request.tls === undefined ? undefined : { cert: read(request.tls.cert), key: read(request.tls.key) };
  const events = new EventSettlement({
    secret: env.STRIPE_WEBHOOK_SECRET,
    depsFor: (org) => dependencies({ ...own, actor: 'serve', org }),
    log: request.log,
  });
  const host = {
    ...createHost({ version, deps, own, dependencies, queue: new UsageQueue({ isFar }) }),
    takeEvent: events.take.bind(events),
  };
  const server = await startServer(host, { ...request, tls });
  const endJobs = request.jobs
    ? startJobs(dependencies({ ...own, actor: 'serve', org: undefined }), request.log)
    : undefined;
  const stop = async () => {
    await Promise.all([server.stop(), endJobs?.()]);
    await events.end();
    await deps.close();
  };
  return { url: server.url, stop };
}

/** What the server is made of. */
interface HostParts {
  readonly version: string;
  readonly deps: Dependencies;
  readonly own: LedgerCall;
  readonly dependencies: (call: LedgerCall) => Dependencies;
  readonly queue: UsageQueue;
}

function createHost({ version, deps, own, dependencies, queue }: HostParts): Omit<WalletHost, 'takeEvent'> {
  const seen = createSeenTokens();
  /** Who is let in as the same person with the same wishes gets the same wallet. */
  const guests = new WeakMap<Identity, Map<string, Guest>>();
  const guestOf = (identity: Identity, asked: CallerSettings): Guest => {
    const known = guests.get(identity) ?? new Map<string, Guest>();
    const wishes = wishesOf(asked);
    const guest = known.get(wishes) ?? receive(dependencies(visitOf(own, identity, asked)), identity, asked);
    if (known.size < MOST_WISHES) guests.set(identity, known.set(wishes, guest));
    return guest;
  };
  const admit = async (asked: CallerSettings): Promise<Visitor> => {
    const identity = await authenticate(await deps.store(), deps.system, asked.token ?? '', seen);
    const { deps: theirs, name, wallet } = guestOf(identity, asked);
    return visitorOf(identity, wallet, (request) =>
      UsageQueue.takes(request) ? queue.record({ deps: theirs, name }, request) : wallet.usage.record(request),
    );
  };
  /** By what is known, for who posts usage: the write itself sees whether that still stands. */
  const admitAsKnown = async (asked: CallerSettings): Promise<Visitor> => {
    const known = await identifyAsKnown(await deps.store(), deps.system, asked.token ?? '', seen);
    if (known === undefined) return admit(asked);
    const { identity, under } = known;
    const guest = guestOf(identity, asked);
    if (guest.asKnown?.under !== under) guest.asKnown = { under, visitor: posterOf(identity, guest, { under, asked }) };
    return guest.asKnown.visitor;
  };
  const posterOf = (identity: Identity, guest: Guest, { under, asked }: { under: string; asked: CallerSettings }) => {
    const by = { deps: guest.deps, name: `${guest.name} ${under}`, under };
    return visitorOf(identity, guest.wallet, async (request) => {
      try {
        if (UsageQueue.takes(request)) return await queue.record(by, request);
      } catch (error) {
        if (!(error instanceof SettingsChanged)) throw error;
      }
      return (await admit(asked)).call('usage', 'record', request);
    });
  };
  return {
    version,
    admit: (asked, looksItself) => (looksItself ? admitAsKnown(asked) : admit(asked)),
    async ready() {
      await requireLedger(deps);
    },
  };
}

/** A caller with the wallet that is theirs for as long as nothing about their organisation changes. */
interface Guest {
  readonly deps: Dependencies;
  readonly wallet: WalletService;
  /** What is posted under one name may be posted together. */
  readonly name: string;
  /** How they post under settings that were known last: the same for all of their requests until these change. */
  asKnown?: { readonly under: string; readonly visitor: Visitor };
}

/** What a caller asked for beside the operation; most ask for nothing. */
function wishesOf({ org, timeZone, now, maxPurchase }: CallerSettings): string {
  const wishes = [org, timeZone, now, maxPurchase];
  return wishes.every((wish) => wish === undefined) ? '' : JSON.stringify(wishes);
}

function receive(deps: Dependencies, { token }: Identity, { timeZone, now }: CallerSettings): Guest {
  return { deps, wallet: createLocalWallet(deps), name: JSON.stringify([token, timeZone, now]) };
}

/** Somebody who posts usage in their own way, and does everything else with the wallet itself. */
function visitorOf(
  { token }: Identity,
  wallet: WalletService,
  record: (request: UsageRequest) => Promise<object | undefined>,
) {
  return {
    token,
    call(noun: keyof Nouns, verb: string, request: object) {
      if (noun === 'usage' && verb === 'record') return record(request as UsageRequest); // as its route has read it
      return callOn(wallet, noun, verb, request);
    },
  };
}

async function callOn(wallet: WalletService, noun: keyof Nouns, verb: string, request: object) {
  // The table of routes has nothing but what the service has, so the operation is there.
  const operations = wallet[noun] as unknown as Record<string, (request: object) => Promise<object>>;
  return operations[verb]?.(request);
}

/** The call of a visitor: in their own name and organisation, by the server's clock unless a test sets another. */
function visitOf(own: LedgerCall, { actor, org }: Identity, asked: CallerSettings): LedgerCall {
  if (asked.org !== undefined && asked.org !== org.name) throw otherOrganisation(asked.org);
  return {
    actor: actor.name,
    caller: { actor, org: org.number },
    org: org.name,
    timeZone: asked.timeZone,
    now: asked.now ?? own.now,
    maxPurchase: lower(own.maxPurchase, asked.maxPurchase),
  };
}

function lower(own: Credits, asked: string | undefined): Credits {
  if (asked === undefined) return own;
  const limit = parseCredits(asked, 'maximum purchase');
  return limit < own ? limit : own;
}

async function requireLedger(deps: Dependencies): Promise<Store> {
  const store = await deps.store();
  await deps.admit(await store.info());
  return store;
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new WalletError('invalid_usage', `the file ${file} can not be read`, {
      why: cause instanceof Error ? cause.message : String(cause),
      hint: 'name the certificate and its key in PEM form: --tls-cert FILE --tls-key FILE',
      cause,
    });
  }
}

/** In the words for one that does not exist: a token is told of no organisation but its own. */
function otherOrganisation(name: string): WalletError {
  return new WalletError('unknown_org', `there is no organisation ${JSON.stringify(name)} in this ledger`, {
    why: 'nothing was changed',
    hint: `wallet init --org ${JSON.stringify(name)}`,
    details: { org: name },
  });
}
