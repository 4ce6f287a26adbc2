import { type ChangeFacts, changeIn } from './command';
import type { Session } from './session';

/** The organisation's customer at the processor, made when first needed. The key is the organisation's for life. */
export async function requireCustomer(session: Session): Promise<string> {
  const { org } = session;
  if (org.customer !== null) return org.customer;
  const key = `${session.info.instance}:${org.id}:customer`;
  const customer = await (await session.gateway()).createCustomer(
    { id: org.id, name: org.name, email: org.email },
    key,
  );
  const facts: ChangeFacts = { operation: 'card.change', action: 'organisation.customer', subject: customer };
  await changeIn(session, facts, {}, async (unit) => {
    const current = await unit.records.organisations.find(org.id);
    if (current !== undefined && current.customer === null)
      await unit.records.organisations.update({ ...current, customer });
    return {};
  });
  return customer;
}
