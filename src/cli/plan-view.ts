import type { Plan, PlannedChange } from '../contract/plans';
import { counted } from './wording';

/** A plan for people: a line for each change, a line for each field, and what it costs. */
export function describePlan({ changes, charges, warnings, digest }: Plan, mood: 'would' | 'did'): string {
  if (changes.length === 0) return 'nothing to do: the ledger is as the file says\n';
  const money = charges === null ? 'applying this charges nothing now' : `applying this charges ${charges} USD now`;
  const lines = [
    ...changes.flatMap(describeChange),
    ...warnings.map((message) => `warning: ${message}`),
    `${counted(changes.length, 'change')}${mood === 'did' ? ' made' : `: ${money}`}`,
    ...(mood === 'did' ? [] : [`plan ${digest}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function describeChange({ action, kind, name, fields }: PlannedChange): string[] {
  const head = `${action === 'add' ? '+' : '~'} ${kind} ${name}`;
  const width = Math.max(...fields.map(({ field }) => field.length));
  return [
    head,
    ...fields.map(({ field, before, after }) => {
      const change = before === null ? after : `${before === '' ? '-' : before} -> ${after === '' ? '-' : after}`;
      return `    ${field.padEnd(width)}  ${change}`;
    }),
  ];
}
