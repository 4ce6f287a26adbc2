import type { Changed, ChangeOptions, Page, PageRequest } from './calls';
import type { Balance } from './credit';
import type { Transaction } from './transactions';
import type { Decimal, Timestamp } from './values';

export interface Hold {
  readonly id: string;
  readonly status: 'open' | 'captured' | 'released' | 'expired';
  readonly app: string;
  readonly service: string;
  readonly quantity: number | null;
  readonly credits: Decimal;
  readonly captured: Decimal;
  readonly campaign: string | null;
  readonly expiresAt: Timestamp;
  readonly createdAt: Timestamp;
}

export interface HoldCreateRequest extends ChangeOptions {
  readonly app: string;
  readonly service: string;
  readonly quantity?: string;
  readonly credits?: string;
  /** A duration such as `24h`. */
  readonly expires?: string;
  readonly campaign?: string;
  /** The program that will run on it: part of what an idempotency key stands for, and not kept. */
  readonly command?: string;
}

export interface HoldCaptureRequest extends ChangeOptions {
  readonly id: string;
  readonly quantity?: string;
  readonly overflow?: boolean;
}

export interface HoldOperations {
  create(request: HoldCreateRequest): Promise<Changed & { hold: Hold; balance?: Balance }>;
  capture(
    request: HoldCaptureRequest,
  ): Promise<Changed & { hold: Hold; transaction: Transaction | null; balance?: Balance }>;
  release(request: ChangeOptions & { id: string }): Promise<Changed & { hold: Hold; balance?: Balance }>;
  show(request: { id: string }): Promise<{ hold: Hold; transaction: Transaction | null }>;
  list(request: PageRequest & { all?: boolean }): Promise<Page & { holds: readonly Hold[] }>;
}
