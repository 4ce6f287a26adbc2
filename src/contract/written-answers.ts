const WRITTEN = Symbol('written');

/** Notes the JSON that an answer was written down as: it is sent as well. The answer does not change from then on. */
export function noteWritten(answer: object, json: string): void {
  // No copy of the answer has it: a copy is made to say something else.
  Object.defineProperty(answer, WRITTEN, { value: json });
}

/** The answer as JSON, as it was written down if it was. */
export function jsonOf(answer: object): string {
  return (answer as { readonly [WRITTEN]?: string })[WRITTEN] ?? JSON.stringify(answer);
}
