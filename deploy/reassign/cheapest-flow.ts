/** A line of a network, for as many units as it is given times. */
export interface Line {
  readonly from: number;
  readonly to: number;
  readonly cost: number;
}

interface Arc {
  readonly to: number;
  readonly cost: number;
  /** Units that still fit: one, or none once it is taken; then its way back has one. */
  room: 0 | 1;
  readonly back: number;
}

/**
 * Sends as many units as fit from one node to another along lines that take one unit each, for the least cost of all ways
 * to do so: successive shortest paths, which the residual way back makes exact.
 * @returns for each line, whether a unit takes it
 */
export function cheapestFlow(
  nodes: number,
  lines: readonly Line[],
  source: number,
  sink: number,
): readonly boolean[] {
  const arcs: Arc[] = [];
  const out: number[][] = Array.from({ length: nodes }, () => []);
  for (const { from, to, cost } of lines) {
    out[from]?.push(arcs.length);
    arcs.push({ to, cost, room: 1, back: arcs.length + 1 });
    out[to]?.push(arcs.length);
    arcs.push({ to: from, cost: -cost, room: 0, back: arcs.length - 1 });
  }
  for (;;) {
    const path = shortestPath(nodes, arcs, out, source, sink);
    if (path === undefined) return lines.map((_, index) => arcs[2 * index]?.room === 0);
    for (const arc of path) {
      arc.room = 0;
      const back = arcs[arc.back];
      if (back !== undefined) back.room = 1;
    }
  }
}

/** Costs may be negative on the ways back, and no circle of them is: Bellman and Ford, with a queue. */
function shortestPath(
  nodes: number,
  arcs: readonly Arc[],
  out: readonly (readonly number[])[],
  source: number,
  sink: number,
): Arc[] | undefined {
  const distance = new Array<number>(nodes).fill(Number.POSITIVE_INFINITY);
  const cameBy = new Array<number>(nodes).fill(-1);
  const queued = new Array<boolean>(nodes).fill(false);
  distance[source] = 0;
  const queue = [source];
  for (let head = 0; head < queue.length; head += 1) {
    const node = queue[head] ?? source;
    queued[node] = false;
    for (const index of out[node] ?? []) {
      const arc = arcs[index];
      if (arc === undefined || arc.room === 0) continue;
      const there = (distance[node] ?? 0) + arc.cost;
      if (there >= (distance[arc.to] ?? 0)) continue;
      distance[arc.to] = there;
      cameBy[arc.to] = index;
      if (queued[arc.to]) continue;
      queued[arc.to] = true;
      queue.push(arc.to);
    }
  }
  if (distance[sink] === Number.POSITIVE_INFINITY) return undefined;
  const path: Arc[] = [];
  for (let node = sink; node !== source; ) {
    const arc = arcs[cameBy[node] ?? -1];
    if (arc === undefined) return undefined;
    path.push(arc);
    node = arcs[arc.back]?.to ?? source;
  }
  return path;
}
