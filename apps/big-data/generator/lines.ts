import { seeded } from '@plumbline/kit';
import type { Happening } from './storefront.ts';

/** A line of a batch: an event as JSON, or what is meant to be refused. */
export interface Line {
  readonly at: number;
  readonly session: string;
  readonly text: string;
  readonly malformed: boolean;
}

export interface LineOptions {
  readonly seed: number;
  /** The share of events, 0 to 1, that happened ten minutes to an hour before they are sent. */
  readonly late: number;
  /** The share of events, 0 to 1, that are spoilt. */
  readonly malformed: number;
}

const minute = 60_000;

/** Ways to spoil an event; each is one that a gateway has to refuse. */
const spoil: readonly ((event: Record<string, unknown>) => string)[] = [
  (event) => JSON.stringify(event).slice(0, -3),
  (event) => JSON.stringify({ ...event, session: undefined }),
  (event) => JSON.stringify({ ...event, type: 'wish' }),
  (event) => JSON.stringify({ ...event, occurredAt: 'yesterday' }),
  (event) => JSON.stringify({ ...event, quantity: -1 }),
];

/** What is sent of what happens: some of it late, some spoilt, the same for the same seed. */
export function* toLines(
  happenings: Iterable<Happening>,
  { seed, late, malformed }: LineOptions,
): Generator<Line> {
  const random = seeded(seed ^ 0x9e3779b9);
  for (const { at, event } of happenings) {
    const { session } = event;
    const [isLate, isMalformed] = [random() < late, random() < malformed];
    const occurredAt = isLate
      ? new Date(at - Math.round((10 + random() * 50) * minute)).toISOString()
      : event.occurredAt;
    const said = { ...event, occurredAt };
    const way = isMalformed ? spoil[Math.floor(random() * spoil.length)] : undefined;
    yield { at, session, text: way?.(said) ?? JSON.stringify(said), malformed: isMalformed };
  }
}
