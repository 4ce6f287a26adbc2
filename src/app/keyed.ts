import type { Changed, Keyed } from '../contract/calls';
import { type ChangeFacts, changeIn, replayed } from './command';
import type { Dependencies } from './dependencies';
import { openSession } from './session';

/**
 * What takes many writes and can be done again at any time, once for a key: its answer is kept when it has come to an
 * end. One that has not is done again under the same key.
 */
export async function keyed<T extends object>(
  deps: Dependencies,
  facts: ChangeFacts,
  request: Keyed,
  work: () => Promise<T>,
  isEnded: (answer: T) => boolean = () => true,
): Promise<Changed & T> {
  if (request.idempotencyKey === undefined) return work();
  const session = await openSession(deps, facts.operation);
  const known = await replayed<T>(session, facts, request);
  if (known !== undefined) return known;
  const answer = await work();
  return isEnded(answer) ? changeIn(session, facts, request, async () => answer) : answer;
}
