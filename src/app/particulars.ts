import type { InitRequest } from '../contract/organisation';
import { type Credits, parseCredits } from '../core/credits';
import { WalletError } from '../core/errors';
import { parseEmail, parseName } from '../core/text';
import type { OrganisationRecord } from '../ports/record-types';
import type { Dependencies } from './dependencies';

const MOST_ADDRESS_LINES = 6;

/** What a caller may say about an organisation, checked. */
export interface Particulars {
  readonly name: string;
  readonly email: string | undefined;
  readonly timeZone: string | undefined;
  readonly accountingContact: string | undefined;
  readonly postalAddress: string | undefined;
  /** Null takes the limit away. */
  readonly dailyLimit: Credits | null | undefined;
  readonly confirmAbove: Credits | null | undefined;
}

/** Throws for what can not be. */
export async function checkParticulars(deps: Dependencies, request: InitRequest): Promise<Particulars> {
  return {
    name: parseName(request.org, 'organisation name'),
    email: request.email === undefined ? undefined : parseEmail(request.email),
    timeZone: request.timeZone === undefined ? undefined : (await deps.system.calendar(request.timeZone)).zone,
    accountingContact: request.accountingContact === undefined ? undefined : parseEmail(request.accountingContact),
    postalAddress: request.postalAddress === undefined ? undefined : parseAddress(request.postalAddress),
    dailyLimit: parseLimit(request.dailyLimit),
    confirmAbove: parseLimit(request.confirmAbove),
  };
}

/** A limit as typed; `none` takes it away. */
function parseLimit(text: string | undefined): Credits | null | undefined {
  if (text === undefined || text === 'none') return text === undefined ? undefined : null;
  const limit = parseCredits(text);
  if (limit > 0) return limit;
  throw new WalletError('invalid_amount', `the limit ${text} is not valid`, {
    why: 'a limit is more than nothing',
    hint: 'write an amount, or none',
  });
}

/** An address of a few lines: parted by line feeds or by semicolons, kept with line feeds. */
function parseAddress(text: string): string {
  const lines = text
    .split(/[;\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0 || lines.length > MOST_ADDRESS_LINES) {
    throw new WalletError('invalid_value', 'the postal address is not valid', {
      why: `an address has one to ${MOST_ADDRESS_LINES} lines`,
      hint: 'part its lines with semicolons: --address "Long Street 1; 10115 Berlin; Germany"',
    });
  }
  return lines.map((line) => parseName(line, 'line of the postal address')).join('\n');
}

/** The organisation with what was named put over what it had. */
export function withParticulars(org: OrganisationRecord, named: Particulars): OrganisationRecord {
  return {
    ...org,
    email: named.email ?? org.email,
    timeZone: named.timeZone ?? org.timeZone,
    accountingContact: named.accountingContact ?? org.accountingContact,
    postalAddress: named.postalAddress ?? org.postalAddress,
    dailyLimit: named.dailyLimit === undefined ? org.dailyLimit : named.dailyLimit,
    confirmAbove: named.confirmAbove === undefined ? org.confirmAbove : named.confirmAbove,
  };
}
