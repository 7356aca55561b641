import type { Random } from './random.ts';

const hour = 3_600_000;

export const faultKinds = ['spike', 'shift', 'drift', 'stuck', 'impossible', 'burst'] as const;
/** What goes wrong: one wrong value, a step that stays, a slow slope, a value that stays, nonsense, or leaping about. */
export type FaultKind = (typeof faultKinds)[number];

interface Observation {
  readonly at: number;
  readonly value: number;
}

/** What a field's sensor can say, and how a spread of its own is measured. */
export interface Sensor {
  readonly least: number;
  readonly most: number;
  /** Digits after the point. */
  readonly digits: number;
  /** The deviation of the field at this place, of all its values: how great a fault is is told in these. */
  readonly deviation: number;
}

export interface Fault {
  readonly kind: FaultKind;
  readonly startedAt: number;
  readonly endedAt: number;
  /** In deviations of the field at the place; 0 where that says nothing. */
  readonly size: number;
  readonly observations: readonly Observation[];
}

/** How long each kind lasts, in hours, and how great it is, in deviations of the field at its place. */
const shapes: Readonly<
  Record<FaultKind, { readonly hours: readonly [number, number]; readonly size: readonly [number, number] }>
> = {
  spike: { hours: [0, 0], size: [1.5, 6] },
  shift: { hours: [24, 72], size: [1.5, 5] },
  drift: { hours: [72, 144], size: [2, 6] },
  stuck: { hours: [10, 48], size: [0, 0] },
  impossible: { hours: [0, 0], size: [0, 0] },
  burst: { hours: [12, 30], size: [1, 3] },
};

/**
 * Puts one fault into a series, from about `from` on; what it leaves of the values is within what the sensor can say, but
 * for the impossible kind. Nothing of it knows how it will be judged.
 */
export function putFault(
  kind: FaultKind,
  observations: readonly Observation[],
  from: number,
  sensor: Sensor,
  random: Random,
): Fault {
  const shape = shapes[kind];
  const begin = Math.max(
    0,
    observations.findIndex(({ at }) => at >= from),
  );
  const startedAt = observations[begin]?.at ?? from;
  const endedAt = startedAt + random.between(...shape.hours) * hour;
  const sign = random.uniform() < 0.5 ? -1 : 1;
  const size = random.between(...shape.size);
  const nonsense = nonsenseOf(sensor, random);
  const held = observations[begin]?.value ?? 0;
  const wrong = ({ at, value }: Observation): number => {
    switch (kind) {
      case 'spike':
      case 'shift':
        return value + signFor(value) * size * sensor.deviation;
      case 'drift':
        return value + sign * size * sensor.deviation * ((at - startedAt) / (endedAt - startedAt));
      case 'stuck':
        return held;
      case 'burst':
        return value + size * sensor.deviation * random.normal();
      case 'impossible':
        return nonsense;
    }
  };
  // At a wall there is one way only: a gauge that is dry cannot show less.
  const signFor = (value: number) => {
    const room = size * sensor.deviation;
    if (value - room < sensor.least) return 1;
    return value + room > sensor.most ? -1 : sign;
  };
  const bound = (value: number) =>
    kind === 'impossible'
      ? value
      : Number(Math.min(sensor.most, Math.max(sensor.least, value)).toFixed(sensor.digits));
  const changed = observations.map((one) =>
    one.at < startedAt || one.at > endedAt ? one : { at: one.at, value: bound(wrong(one)) },
  );
  return {
    kind,
    startedAt,
    endedAt,
    size: kind === 'stuck' || kind === 'impossible' ? 0 : size,
    observations: changed,
  };
}

/** What broken sensors and their drivers say. */
function nonsenseOf({ least, most }: Sensor, random: Random): number {
  const beyond = [-9999, -999, 65_535, most * 1.2 + 10, least - 20];
  return random.pick(beyond.filter((value) => value < least || value > most));
}
