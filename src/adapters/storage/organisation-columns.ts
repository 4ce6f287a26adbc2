import type { RecordKind } from '../../ports/record-types';
import { type Columns, plain } from './record-columns';

/** The organisation, what it sells and at what price, and who may do what. */
export const ORGANISATION_COLUMNS = {
  organisations: () =>
    plain(
      ['number', 'org'],
      ['tag', 'tag'],
      ['name', 'name'],
      ['email', 'email'],
      ['timeZone', 'time_zone'],
      ['accountingContact', 'accounting_contact'],
      ['postalAddress', 'postal_address'],
      ['customer', 'customer'],
      ['keyMark', 'key_mark'],
      ['dailyLimit', 'daily_limit'],
      ['confirmAbove', 'confirm_above'],
      ['frozenAt', 'frozen_at'],
      ['restoredAt', 'restored_at'],
      ['reconciledAt', 'reconciled_at'],
      ['createdAt', 'created_at'],
    ),
  apps: () =>
    plain(
      ['app', 'app'],
      ['name', 'name'],
      ['archivedAt', 'archived_at'],
      ['limitMonthly', 'limit_monthly'],
      ['onLimit', 'on_limit'],
      ['createdAt', 'created_at'],
    ),
  services: () => plain(['number', 'number'], ['name', 'name'], ['unit', 'unit'], ['createdAt', 'created_at']),
  prices: () => [
    ...plain(['service', 'service'], ['number', 'number'], ['effectiveFrom', 'effective_from'], ['price', 'price']),
    ['tiers', 'tiers', 'json'],
    ...plain(['freeQuota', 'free_quota'], ['billing', 'billing']),
    ['example', 'example', 'flag'],
    ...plain(['createdAt', 'created_at']),
  ],
  tokens: () =>
    plain(
      ['name', 'name'],
      ['role', 'role'],
      ['app', 'app'],
      ['hash', 'hash'],
      ['expiresAt', 'expires_at'],
      ['revokedAt', 'revoked_at'],
      ['createdAt', 'created_at'],
    ),
  token_uses: () => plain(['usedAt', 'used_at']),
  users: () =>
    plain(
      ['email', 'email'],
      ['role', 'role'],
      ['app', 'app'],
      ['removedAt', 'removed_at'],
      ['createdAt', 'created_at'],
    ),
} satisfies Partial<Record<RecordKind, () => Columns>>;
