import { WalletError } from '../core/errors';

/** What an app is told of a change: everything but the balance, also where a refusal would give it away. */
export async function forApps<T extends object>(answer: Promise<T>): Promise<T> {
  try {
    return withoutBalance(await answer);
  } catch (error) {
    throw error instanceof WalletError ? withoutAmounts(error) : error;
  }
}

/** `balance` is optional in every answer that an app can get, and null in its transactions. */
function withoutBalance<T extends object>(answer: T): T {
  const { balance: _, ...rest } = answer as T & { balance?: unknown; transaction?: object | null };
  const { transaction } = rest;
  const shown = transaction ? { ...rest, transaction: { ...transaction, balance: null } } : rest;
  return shown as T;
}

/** A refusal that does not tell how much there is. */
export function withoutAmounts(error: WalletError): WalletError {
  if (error.code !== 'insufficient_credits' && error.code !== 'budget_exceeded') return error;
  const isBudget = error.code === 'budget_exceeded';
  return new WalletError(error.code, isBudget ? 'the budget of the app is used up' : 'there are not enough credits', {
    why: 'how much there is may be seen by administrators and accountants only',
    hint: 'ask an administrator',
  });
}
