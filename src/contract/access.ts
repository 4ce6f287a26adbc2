import type { Role } from '../core/access';
import type { Changed, ChangeOptions, Page } from './calls';
import type { Timestamp } from './values';

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

/** API tokens and users: administrators only. */
export interface AccessOperations {
  /** `secret` is the whole token, answered once: null in a replay and in a dry run. */
  createToken(
    request: ChangeOptions & { role: string; app?: string; expires?: string; name?: string },
  ): Promise<Changed & { token: Token; secret: string | null }>;
  listTokens(): Promise<Page & { tokens: readonly Token[] }>;
  revokeToken(request: ChangeOptions & { id: string }): Promise<Changed & { token: Token }>;
  addUser(
    request: ChangeOptions & { user: string; email: string; role: string; app?: string },
  ): Promise<Changed & { user: User }>;
  listUsers(): Promise<Page & { users: readonly User[] }>;
  setRole(request: ChangeOptions & { user: string; role: string; app?: string }): Promise<Changed & { user: User }>;
  removeUser(request: ChangeOptions & { user: string }): Promise<Changed & { user: User }>;
}
