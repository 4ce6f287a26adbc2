import type { Role } from '../core/access';
import type { Timestamp } from './objects';

/** An API token, without its secret. */
export interface Token {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** The one app it may post for. */
  readonly app: string | null;
  readonly status: 'active' | 'expired' | 'revoked';
  readonly createdAt: Timestamp;
  readonly expiresAt: Timestamp | null;
  /** To the hour. */
  readonly lastUsedAt: Timestamp | null;
}

/** A person who may work with the organisation's wallet. */
export interface User {
  readonly user: string;
  readonly email: string;
  readonly role: Role;
  readonly app: string | null;
  readonly createdAt: Timestamp;
}
