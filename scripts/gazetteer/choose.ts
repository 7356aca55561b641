/** A place of the gazetteer. */
export interface Place {
  /** GeoNames' own number. */
  readonly id: number;
  readonly name: string;
  /** ISO 3166-1, two letters. */
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly population: number;
  readonly timezone: string;
}

export interface Chosen {
  readonly places: readonly Place[];
  /** Kilometres that any two of them are apart at least. */
  readonly apart: number;
}

/**
 * Chooses places so that they lie all over the inhabited world: in the order of their population, each that is far
 * enough from all that were taken before it. How far is the largest number of whole kilometres that leaves enough.
 * @throws Error when there are fewer places than wanted.
 */
export function choosePlaces(places: readonly Place[], wanted: number): Chosen {
  if (places.length < wanted) throw new Error(`there are ${places.length} places, and ${wanted} are wanted`);
  const ordered = places.toSorted((one, other) => other.population - one.population || one.id - other.id);
  const points = ordered.map(({ latitude, longitude }) => toPoint(latitude, longitude));
  // Halving: `near` leaves enough, `far` does not.
  let [near, far] = [0, 20_038];
  let best = take(points, wanted, near);
  while (far - near > 1) {
    const apart = (near + far) >> 1;
    const taken = take(points, wanted, apart);
    if (taken.length === wanted) [near, best] = [apart, taken];
    else far = apart;
  }
  return { places: best.map((index) => ordered[index] as Place), apart: near };
}

type Point = readonly [number, number, number];

/** Of the unit sphere. */
function toPoint(latitude: number, longitude: number): Point {
  const [north, east] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
  return [Math.cos(north) * Math.cos(east), Math.cos(north) * Math.sin(east), Math.sin(north)];
}

/** The mean radius of the earth, in kilometres (IUGG). */
const radius = 6371.0088;

function take(points: readonly Point[], wanted: number, apart: number): number[] {
  // Two points are nearer than that when their product is above the cosine of the angle between.
  const limit = apart === 0 ? 2 : Math.cos(apart / radius);
  const taken: number[] = [];
  const held: Point[] = [];
  for (const [index, point] of points.entries()) {
    const [x, y, z] = point;
    if (held.some(([a, b, c]) => x * a + y * b + z * c > limit)) continue;
    taken.push(index);
    held.push(point);
    if (taken.length === wanted) break;
  }
  return taken;
}
