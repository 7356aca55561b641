// The packages bring no types: what is used of them.
declare module 'topojson-client' {
  type Coordinates = readonly unknown[];
  interface Geometry {
    readonly type: string;
    readonly coordinates: Coordinates;
  }
  interface Feature {
    readonly geometry: Geometry;
  }
  export function feature(
    topology: unknown,
    object: unknown,
  ): Feature | { readonly features: readonly Feature[] };
  export function mesh(
    topology: unknown,
    object: unknown,
    filter: (one: object, other: object) => boolean,
  ): { readonly coordinates: Coordinates };
}
declare module 'topojson-simplify' {
  interface Topology {
    readonly objects: Readonly<Record<'countries' | 'land', unknown>>;
  }
  export function presimplify(topology: unknown): Topology;
  export function quantile(topology: Topology, share: number): number;
  export function simplify(topology: Topology, least: number): Topology;
}
