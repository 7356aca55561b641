import { readFile } from 'node:fs/promises';
import { feature, mesh } from 'topojson-client';
import { presimplify, quantile, simplify } from 'topojson-simplify';
import { project } from './src/equal-earth.ts';

/** Steps of the grid that points are put on: a tenth of a pixel on a wide screen. */
export const grid = 8000;
/** The share of points that are left out: those that change the shape least. */
const leftOut = 0.55;

type Ring = readonly (readonly [longitude: number, latitude: number])[];

/** The world's land and its borders as SVG paths, out of Natural Earth (public domain) at 1:50 million. */
export async function drawLand(): Promise<{ readonly land: string; readonly borders: string }> {
  const file = new URL(import.meta.resolve('world-atlas/countries-50m.json'));
  const weighed = presimplify(JSON.parse(await readFile(file, 'utf8')));
  const world = simplify(weighed, quantile(weighed, leftOut));
  const { countries, land } = world.objects;
  const lands = feature(world, land);
  const shapes = 'features' in lands ? lands.features : [lands];
  const rings = shapes.flatMap(({ geometry }) =>
    geometry.type === 'Polygon'
      ? (geometry.coordinates as Ring[])
      : (geometry.coordinates as Ring[][]).flat(),
  );
  const inner = mesh(world, countries, (one: object, other: object) => one !== other);
  return {
    land: rings
      .flatMap((ring: Ring) => cutAtEdge(ring))
      .map((ring) => pathOf(ring, 4, 'z'))
      .join(''),
    borders: (inner.coordinates as Ring[])
      .flatMap((line) => parted(line))
      .map((line) => pathOf(line, 2, ''))
      .join(''),
  };
}

/** The parts of a ring west and east of the date line, each closed along the edge of the map. */
function cutAtEdge(ring: Ring): Ring[] {
  const whole: (readonly [number, number])[] = [];
  let turns = 0;
  ring.forEach(([longitude, latitude], index) => {
    const before = ring[index - 1]?.[0];
    if (before !== undefined && Math.abs(longitude - before) > 180) turns += longitude < before ? 1 : -1;
    whole.push([longitude + 360 * turns, latitude]);
  });
  const [first] = whole;
  const last = whole.at(-1);
  // It goes once around the world, so the pole is in it: Antarctica.
  if (turns !== 0 && first !== undefined && last !== undefined) whole.push([last[0], -90], [first[0], -90]);
  return [-360, 0, 360]
    .map((shift) => whole.map(([longitude, latitude]) => [longitude + shift, latitude] as const))
    .map((shifted) => clipped(clipped(shifted, 180, 1), -180, -1))
    .filter((part) => part.length > 3);
}

/** What of a ring lies on one side of a meridian (Sutherland and Hodgman's way). */
function clipped(ring: Ring, edge: number, side: 1 | -1): Ring {
  const isIn = (longitude: number) => side * longitude <= side * edge;
  return ring.flatMap(([longitude, latitude], index) => {
    const [beforeLongitude, beforeLatitude] = ring.at(index - 1) as readonly [number, number];
    const share = (edge - beforeLongitude) / (longitude - beforeLongitude);
    const crossing = [edge, beforeLatitude + (latitude - beforeLatitude) * share] as const;
    const passes = isIn(longitude) !== isIn(beforeLongitude);
    return [...(passes ? [crossing] : []), ...(isIn(longitude) ? [[longitude, latitude] as const] : [])];
  });
}

/** A line without its leaps over the date line. */
function parted(line: Ring): Ring[] {
  const parts: (readonly [number, number])[][] = [[]];
  for (const point of line) {
    const before = parts.at(-1)?.at(-1);
    if (before !== undefined && Math.abs(before[0] - point[0]) > 180) parts.push([]);
    parts.at(-1)?.push(point);
  }
  return parts;
}

/** One line, relative, as short as it can be written; nothing when it is smaller than anyone sees. */
function pathOf(ring: Ring, least: number, end: string): string {
  const points: [number, number][] = [];
  for (const [longitude, latitude] of ring) {
    const [x, y] = project(longitude, latitude).map((value) => Math.round(value * grid)) as [number, number];
    const last = points.at(-1);
    if (last === undefined || last[0] !== x || last[1] !== y) points.push([x, y]);
  }
  if (points.length < least) return '';
  const [first, ...rest] = points as [[number, number], ...[number, number][]];
  let [x, y] = first;
  const steps = rest.map(([nextX, nextY]) => {
    const step = `${nextX - x} ${nextY - y}`;
    [x, y] = [nextX, nextY];
    return step;
  });
  return `M${first.join(' ')}l${steps.join(' ')}${end}`.replaceAll(' -', '-');
}
