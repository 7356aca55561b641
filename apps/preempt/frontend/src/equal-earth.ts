/** A place on the map: x from -1 (180° west) to 1, y from about -0.49 (north) to 0.49. */
export type Point = readonly [x: number, y: number];

const [a1, a2, a3, a4] = [1.340264, -0.081106, 0.000893, 0.003796];
const half = Math.sqrt(3) / 2;
/** What 180° east lies at before it is scaled to 1. */
const edge = Math.PI / (half * a1);

/**
 * The Equal Earth projection: areas keep their share, and continents look as people know them. Source: B. Šavrič,
 * T. Patterson, B. Jenny, "The Equal Earth map projection", 2018.
 */
export function project(longitude: number, latitude: number): Point {
  const angle = Math.asin(half * Math.sin((latitude * Math.PI) / 180));
  const square = angle * angle;
  const sixth = square ** 3;
  const x =
    (((longitude * Math.PI) / 180) * Math.cos(angle)) /
    (half * (a1 + 3 * a2 * square + sixth * (7 * a3 + 9 * a4 * square)));
  const y = angle * (a1 + a2 * square + sixth * (a3 + a4 * square));
  return [x / edge, -y / edge];
}
