/** One value of a location's field. */
export interface Observation {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number;
}

export const hour = 3_600_000;
export const day = 24 * hour;

/** One observation an hour at most, the first of each: what a history is thinned to. Times have to grow. */
export function thin(observations: Iterable<Observation>, every = hour): Observation[] {
  const kept: Observation[] = [];
  let slot = Number.NaN;
  for (const observation of observations) {
    const here = Math.floor(observation.at / every);
    if (here !== slot) kept.push(observation);
    slot = here;
  }
  return kept;
}
