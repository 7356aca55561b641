export const ranges = ['1d', '7d', '28d', '365d'] as const;
export type Range = (typeof ranges)[number];

/** What the address names: `#/location/2643743/28d`. */
export interface Route {
  readonly location: number | undefined;
  readonly range: Range;
}

export function readRoute(hash = location.hash): Route {
  const [, id, range] = /^#\/location\/(\d{1,10})(?:\/(\w+))?$/.exec(hash) ?? [];
  return {
    location: id === undefined ? undefined : Number(id),
    range: ranges.find((one) => one === range) ?? '7d',
  };
}

export function addressOf({ location, range }: Route): string {
  if (location === undefined) return '#/';
  return `#/location/${location}${range === '7d' ? '' : `/${range}`}`;
}
