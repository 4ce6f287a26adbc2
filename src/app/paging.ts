import { WalletError } from '../core/errors';

const DEFAULT_PAGE = 1_000;
const LARGEST_PAGE = 10_000;

/** Rows of a page: what was asked for, 1 to 10,000. Throws `invalid_value`. */
export function pageLimit(asked: number | undefined): number {
  const limit = asked ?? DEFAULT_PAGE;
  if (Number.isInteger(limit) && limit >= 1 && limit <= LARGEST_PAGE) return limit;
  throw new WalletError('invalid_value', `a page of ${limit} rows can not be given`, {
    why: `a page has 1 to ${LARGEST_PAGE} rows`,
    hint: 'ask for fewer, and go on with the cursor',
  });
}

/** What a list goes on after, where its cursors are ids of one kind. Throws `invalid_cursor` for anything else. */
export function afterId(
  prefix: 'hold' | 'pur' | 'notice' | 'eval',
  cursor: string | undefined,
): { readonly after?: string } {
  if (cursor === undefined) return {};
  const [kind, digits = ''] = cursor.split('_');
  if (kind !== prefix || !/^[0-9a-f]{26}$/.test(digits) || cursor.length !== prefix.length + 27) throw invalidCursor();
  return { after: cursor };
}

export function invalidCursor(): WalletError {
  return new WalletError('invalid_cursor', 'the cursor is not one of this list', {
    why: 'a cursor goes on where a page with the same filters ended',
    hint: 'start again without --cursor',
  });
}
