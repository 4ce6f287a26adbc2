/**
 * What a caller sees: exactly the JSON objects of the command line and of the API. Amounts are decimal strings of
 * credits (`"100.00"`, `"-1.975"`, at most six places), times are RFC 3339 in UTC, ids are prefixed and sort by time.
 */
export type Decimal = string;
export type Timestamp = string;

/** The period a filter came to. `from` is included, `to` is not; null is open. */
export interface Range {
  readonly from: Timestamp | null;
  readonly to: Timestamp | null;
  readonly timeZone: string;
}
