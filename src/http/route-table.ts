import { badRequest, notFound, RequestFault } from './faults';

/** The parts of a path that its pattern names in braces. */
export type Named = Readonly<Record<string, string>>;

type Handlers<H> = Map<string, H>;

/** Finds who answers a method at a path: one that is written out goes before a pattern with names in braces. */
export class RouteTable<H> {
  readonly #plain = new Map<string, Handlers<H>>();
  readonly #patterns = new Map<string, { segments: readonly string[]; handlers: Handlers<H> }>();

  add(method: string, path: string, handler: H): void {
    const handlers = this.#plain.get(path) ?? this.#patterns.get(path)?.handlers ?? new Map<string, H>();
    if (path.includes('{')) this.#patterns.set(path, { segments: path.split('/'), handlers });
    else this.#plain.set(path, handlers);
    handlers.set(method, handler);
  }

  /** Throws a fault with 404 for a path that nobody has, and with 405 for one that has other methods. */
  find(method: string, path: string): { readonly handler: H; readonly named: Named } {
    const plain = this.#plain.get(path);
    if (plain !== undefined) return { handler: handlerOf(plain, method), named: {} };
    const segments = path.split('/').map(decode);
    for (const { segments: pattern, handlers } of this.#patterns.values()) {
      const named = matchSegments(pattern, segments);
      if (named !== undefined) return { handler: handlerOf(handlers, method), named };
    }
    throw notFound();
  }
}

/** Who answers to GET answers to HEAD; Node leaves the body out. */
function handlerOf<H>(handlers: ReadonlyMap<string, H>, method: string): H {
  const handler = handlers.get(method === 'HEAD' ? 'GET' : method);
  if (handler !== undefined) return handler;
  const allowed = [...handlers.keys()];
  throw new RequestFault(405, badRequest(`it takes ${allowed.join(' and ')}`), { Allow: allowed.join(', ') });
}

function decode(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new RequestFault(400, badRequest('its address can not be read'));
  }
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Named | undefined {
  if (pattern.length !== segments.length) return undefined;
  const named: Record<string, string> = {};
  for (const [at, part] of pattern.entries()) {
    const segment = segments[at] ?? '';
    if (part.startsWith('{')) {
      if (segment === '') return undefined;
      named[part.slice(1, -1)] = segment;
    } else if (part !== segment) return undefined;
  }
  return named;
}
