import type { OrganisationRecord } from '../../src/ports/record-types';

type Known = Pick<OrganisationRecord, 'id' | 'tag' | 'name' | 'createdAt'>;

/** An organisation of which nothing else is known. */
export function blankOrganisation(known: Known): Omit<OrganisationRecord, 'number'> {
  return {
    ...known,
    email: null,
    timeZone: 'UTC',
    accountingContact: null,
    postalAddress: null,
    customer: null,
    keyMark: null,
    dailyLimit: null,
    confirmAbove: null,
    frozenAt: null,
    restoredAt: null,
    reconciledAt: null,
    version: 1,
  };
}
