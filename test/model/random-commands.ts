import fc from 'fast-check';

const DAY = 86_400_000;
export const APPS = ['crm', 'shop'] as const;
export const SERVICES = ['sms', 'email', 'smart-match', 'audio-transcription'] as const;

/** One thing that somebody does. Times are distances from the clock; `which` picks among what there is by then. */
export type Command =
  | { readonly do: 'clock'; readonly by: number }
  | { readonly do: 'buy'; readonly cents: number }
  | { readonly do: 'grant'; readonly micro: number; readonly priority: number; readonly lasts: number | null }
  | { readonly do: 'adjust'; readonly micro: number; readonly direction: 'add' | 'remove' }
  | { readonly do: 'void'; readonly which: number }
  | ({ readonly do: 'use'; readonly again: boolean } & Event)
  | { readonly do: 'batch'; readonly events: readonly Event[] }
  | { readonly do: 'reverse'; readonly which: number; readonly quantity: number | null }
  | ({ readonly do: 'hold'; readonly micro: number | null; readonly lasts: number } & Pick<
      Event,
      'app' | 'service' | 'quantity'
    >)
  | { readonly do: 'capture'; readonly which: number; readonly quantity: number; readonly overflow: boolean }
  | { readonly do: 'release'; readonly which: number }
  | { readonly do: 'limit'; readonly app: string; readonly micro: number; readonly block: boolean }
  | ({ readonly do: 'price'; readonly service: string; readonly from: number } & Terms);

export interface Event {
  readonly app: string;
  readonly service: string;
  readonly quantity: number;
  /** Null: now. */
  readonly at: number | null;
}
export interface Terms {
  readonly tiers: readonly (readonly [from: number, price: number])[];
  readonly quota: number;
  readonly postpaid: boolean;
}

const app = fc.constantFrom(...APPS);
const service = fc.constantFrom(...SERVICES);
const which = fc.nat(1_000);
const micro = fc.oneof(
  fc.integer({ min: 1, max: 4_000_000 }),
  fc.integer({ min: 1, max: 300 }).map((n) => n * 10_000),
);
const quantity = fc.integer({ min: 1, max: 60 });
const at = fc.option(fc.oneof(fc.integer({ min: -40 * DAY, max: DAY / 2 }), fc.integer({ min: -3_600_000, max: 0 })), {
  freq: 2,
});
export const event: fc.Arbitrary<Event> = fc.record({ app, service, quantity, at });
const lasts = fc.integer({ min: 1, max: 400 }).map((hours) => hours * 3_600_000);

const terms: fc.Arbitrary<Terms> = fc.record({
  tiers: fc
    .tuple(
      fc.integer({ min: 1, max: 90_000 }),
      fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 90_000 })), {
        selector: ([from]) => from,
        maxLength: 3,
      }),
    )
    .map(([first, rest]) => [[0, first] as const, ...rest.sort((a, b) => a[0] - b[0])]),
  quota: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 50 })),
  postpaid: fc.boolean(),
});

export const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('clock'), by: fc.oneof(lasts, fc.integer({ min: -2 * DAY, max: DAY })) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('buy'), cents: fc.integer({ min: 100, max: 500 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('grant'),
      micro,
      priority: fc.constantFrom(10, 100, 100, 200),
      lasts: fc.option(lasts),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('adjust'), micro, direction: fc.constantFrom('add', 'remove') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('void'), which }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('use'), again: fc.boolean(), app, service, quantity, at }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('batch'), events: fc.array(event, { minLength: 1, maxLength: 8 }) }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('reverse'), which, quantity: fc.option(quantity) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('hold'), app, service, quantity, micro: fc.option(micro), lasts }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('capture'), which, quantity, overflow: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release'), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('limit'), app, micro, block: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(terms, service, fc.integer({ min: -20 * DAY, max: 5 * DAY }))
      .map(([t, s, from]) => ({ do: 'price' as const, service: s, from, ...t })),
  },
);
