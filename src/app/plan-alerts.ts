import type { PlannedAlert, PlannedChange } from '../contract/plans';
import type { AlertRecord } from '../core/alert';
import { type AlertTerms, parseAlertTerms } from '../core/alert-terms';
import { formatCredits } from '../core/credits';
import { parseDestinations } from '../core/destination';
import { WalletError } from '../core/errors';
import type { LedgerUnit } from '../ports/ledger-unit';
import { insertAlert } from './alerts';
import type { Dependencies } from './dependencies';
import { changed, type Fields } from './plan-fields';
import type { Session } from './session';

type WantedAlert = AlertTerms & Pick<AlertRecord, 'to'>;

/** Reads the alerts of a document. Throws for what is none, and for destinations that can't be told. */
export async function readAlerts(
  deps: Dependencies,
  planned: readonly PlannedAlert[],
): Promise<readonly WantedAlert[]> {
  if (planned.length === 0) return [];
  const { admit } = await deps.notifier();
  const wanted = planned.map(({ to, ...typed }) => ({ ...parseAlertTerms(typed), to: parseDestinations(to, admit) }));
  const twice = wanted.find((alert, at) => wanted.findIndex((each) => isSame(each, alert)) !== at);
  if (twice !== undefined) throw sameTwice(twice);
  return wanted;
}

/** Makes the alerts what the document says, inside a write, and answers what that changed. */
export async function planAlerts(
  unit: LedgerUnit,
  session: Session,
  wanted: readonly WantedAlert[],
): Promise<PlannedChange[]> {
  if (wanted.length === 0) return [];
  const known = await unit.records.alerts.list({ removedAt: null });
  const changes: PlannedChange[] = [];
  for (const [alert, before] of paired(wanted, known)) {
    const after = before === undefined ? await insertAlert(unit, session, alert) : { ...before, ...alert };
    const found = changed('alert', nameOf(alert), before === undefined ? {} : fieldsOf(before), fieldsOf(after));
    if (before !== undefined && found.length > 0) await unit.records.alerts.update(after);
    changes.push(...found);
  }
  return changes;
}

/**
 * Which alert of the ledger each one of the document is. An alert has no name, so what it watches tells: first the ones
 * with the same threshold. Of the others as many as there are on both sides, in their order: a threshold that is changed
 * in the file is changed, not added. Where the numbers differ nobody could tell which is meant, and all are new.
 */
function paired(
  wanted: readonly WantedAlert[],
  known: readonly AlertRecord[],
): Map<WantedAlert, AlertRecord | undefined> {
  const pairs = new Map<WantedAlert, AlertRecord | undefined>();
  const free = new Set(known);
  for (const alert of wanted) {
    const same = [...free].find((each) => isSame(each, alert));
    pairs.set(alert, same);
    if (same !== undefined) free.delete(same);
  }
  for (const subject of new Set(wanted.map(subjectOf))) {
    const open = wanted.filter((alert) => subjectOf(alert) === subject && pairs.get(alert) === undefined);
    const left = [...free].filter((alert) => subjectOf(alert) === subject);
    if (open.length !== left.length) continue;
    for (const [at, alert] of open.entries()) pairs.set(alert, left[at]);
  }
  return pairs;
}

function isSame(one: AlertTerms, other: AlertTerms): boolean {
  return subjectOf(one) === subjectOf(other) && one.threshold === other.threshold;
}

/** What an alert watches, whatever its threshold is. */
function subjectOf({ kind, per, app, service }: AlertTerms): string {
  return JSON.stringify([kind, per, app, service]);
}

function nameOf({ kind, per, app, service }: AlertTerms): string {
  const parts = [kind, ...(per === null ? [] : [`per ${per}`])];
  return [...parts, ...(app === null ? [] : [`app ${app}`]), ...(service === null ? [] : [`service ${service}`])].join(
    ' ',
  );
}

function fieldsOf({ kind, threshold, to }: Pick<AlertRecord, 'kind' | 'threshold' | 'to'>): Fields {
  const limit = threshold === null ? {} : { [kind === 'spend' ? 'over' : 'below']: formatCredits(threshold) };
  return { ...limit, to: [...to].sort().join(', ') };
}

function sameTwice(alert: AlertTerms): WalletError {
  return new WalletError('invalid_input', `the alert ${nameOf(alert)} is in the plan twice`, {
    why: 'nobody could tell which is meant; nothing was changed',
    hint: 'write one, with all its destinations under to',
  });
}
