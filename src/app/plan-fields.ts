import type { PlannedChange } from '../contract/plans';

/** What of a thing a plan compares: names and values as people write them. */
export type Fields = Readonly<Record<string, string>>;

/** The fields that differ; none, no change. A field that is gone counts as empty. */
export function changed(kind: PlannedChange['kind'], name: string, before: Fields, after: Fields): PlannedChange[] {
  const isNew = Object.keys(before).length === 0;
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((field) => ({ field, before: isNew ? null : (before[field] ?? ''), after: after[field] ?? '' }))
    .filter((each) => (each.before ?? '') !== each.after);
  return fields.length === 0 ? [] : [{ action: isNew ? 'add' : 'change', kind, name, fields }];
}
