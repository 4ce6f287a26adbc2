import type { Changed, ChangeOptions, Keyed } from '../contract/calls';
import type { Card, CardSetup } from '../contract/cards';
import { WalletError } from '../core/errors';
import { makeId } from '../core/ids';
import { formatInstant } from '../core/time';
import type { HostedOutcome } from '../ports/payment-gateway';
import type { CardSetupRecord } from '../ports/record-types';
import { insertCard } from './cards';
import { type ChangeFacts, changeIn, replayed } from './command';
import { requireCustomer } from './customer';
import type { Dependencies } from './dependencies';
import { keyed } from './keyed';
import { openSession, type Session } from './session';

/** Opens a page of the processor's on which a person types the card that this program must never see. */
export async function startCardSetup(
  deps: Dependencies,
  request: ChangeOptions & { role?: 'primary' | 'backup' },
): Promise<Changed & { setup: CardSetup }> {
  const session = await openSession(deps, 'card.change');
  const facts: ChangeFacts = { operation: 'card.change', action: 'card.setup', subject: 'a new card' };
  const known = await replayed<{ setup: CardSetup }>(session, facts, request);
  if (known !== undefined) return known;
  const { hosted } = await session.gateway();
  if (hosted === null) throw noPages();
  const customer = await requireCustomer(session);
  const createdAt = session.now();
  const id = makeId('setup', createdAt, session.deps.system.random());
  const page = await hosted.openCardSetup({ setup: id, org: session.org.id, customer }, `${id}:page`);
  const role = request.role ?? null;
  const record: CardSetupRecord = { id, state: 'open', role, page, card: null, createdAt, version: 1 };
  return changeIn(session, facts, request, async (unit) => {
    await unit.records.setups.insert(record);
    return { setup: present(record) };
  });
}

/** Finishes the setups that people have finished: their cards go on file. What nobody finished in time is closed. */
export async function syncCards(deps: Dependencies, request: Keyed = {}): Promise<Changed & Synchronised> {
  const facts = { operation: 'card.change', action: 'card.sync', subject: 'card setups' } as const;
  const isEnded = ({ setups }: Synchronised) => setups.every(({ status }) => status !== 'open');
  return keyed(deps, facts, request, () => syncAll(deps), isEnded);
}

interface Synchronised {
  readonly cards: readonly Card[];
  readonly setups: readonly CardSetup[];
  readonly notices: readonly string[];
}

async function syncAll(deps: Dependencies): Promise<Synchronised> {
  const session = await openSession(deps, 'card.change');
  const open = await session.store.read(session.org.number, (view) => view.records.setups.list({ state: 'open' }));
  const synced = [];
  for (const setup of open) synced.push(await sync(session, setup));
  return {
    cards: synced.flatMap(({ card }) => (card === undefined ? [] : [card])),
    setups: synced.map(({ setup }) => present(setup)),
    notices: synced.flatMap(({ notice }) => (notice === undefined ? [] : [notice])),
  };
}

interface Synced {
  readonly setup: CardSetupRecord;
  readonly card?: Card;
  readonly notice?: string;
}

async function sync(session: Session, setup: CardSetupRecord): Promise<Synced> {
  const { hosted } = await session.gateway();
  if (hosted === null) return { setup };
  const outcome = await hosted.read(setup.page.session);
  if (outcome.status === 'open') return { setup };
  if (outcome.customer !== session.org.customer) return { setup };
  return finish(session, setup, outcome);
}

/** The card and the end of its setup, in one write: however many finish it, there is one card. */
async function finish(session: Session, setup: CardSetupRecord, outcome: HostedOutcome): Promise<Synced> {
  const facts: ChangeFacts = { operation: 'card.change', action: 'card.sync', subject: setup.id };
  return changeIn<Synced>(session, facts, {}, async (unit) => {
    const current = await unit.records.setups.find(setup.id);
    if (current === undefined || current.state !== 'open') return { setup: current ?? setup };
    const { card } = outcome;
    if (card === null) return { setup: await unit.records.setups.update({ ...current, state: 'expired' }) };
    const { name, email, address, ...stored } = card;
    const added = await insertCard(unit, session, stored, { name, email, address }, current.role ?? undefined);
    const done = await unit.records.setups.update({ ...current, state: 'complete', card: added.card.id });
    return { setup: done, ...added };
  });
}

function present({ id, state, page, card }: CardSetupRecord): CardSetup {
  return { id, status: state, url: page.url, expiresAt: formatInstant(page.expiresAt), card };
}

function noPages(): WalletError {
  return new WalletError('invalid_usage', 'no card was named', {
    why: 'the sandbox has no page to type a card on',
    hint: 'add --payment-method pm_card_visa',
  });
}
