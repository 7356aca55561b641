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
    land: rings.map((ring: Ring) => pathOf(ring, 4, 'z')).join(''),
    borders: (inner.coordinates as Ring[]).map((line) => pathOf(line, 2, '')).join(''),
  };
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
