import { Graph, layout } from '@dagrejs/dagre';
import type { Topology, TopologyEdge, TopologyNode } from './topology.ts';

/** A node with its place: the centre and the size, in pixels. */
export interface PlacedNode extends TopologyNode {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An edge with its way, in pixels. */
export interface PlacedEdge extends TopologyEdge {
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** A topology laid out from left to right, and the size of the whole. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Pixels that a line of a box needs, and the width of a letter: boxes are measured without a browser. */
const line = 16;
const letter = 7.2;

/** Pixels between the parts of a picture that no line joins. */
const gap = 24;

/**
 * Lays a topology out in layers, clients left of what they talk to (dagre: the method of Sugiyama). Parts that no line
 * joins stand one below the other, so that no line crosses a system that it has nothing to do with.
 */
export function layOut(topology: Topology): Layout {
  const placed: Layout[] = [];
  let top = 0;
  for (const part of partsOf(topology)) {
    const { width, height, nodes, edges } = layOutPart(part);
    const down = <Point extends { readonly y: number }>(point: Point) => ({ ...point, y: point.y + top });
    placed.push({
      width,
      height: top + height,
      nodes: nodes.map(down),
      edges: edges.map((edge) => ({ ...edge, points: edge.points.map(down) })),
    });
    top += height + gap;
  }
  return {
    width: Math.max(0, ...placed.map(({ width }) => width)),
    height: placed.at(-1)?.height ?? 0,
    nodes: placed.flatMap(({ nodes }) => nodes),
    edges: placed.flatMap(({ edges }) => edges),
  };
}

/** The parts of a topology that no line joins, the largest first; what stands alone comes last, together. */
function partsOf({ nodes, edges }: Topology): Pick<Topology, 'nodes' | 'edges'>[] {
  const owner = new Map(nodes.map(({ id }) => [id, id]));
  const ownerOf = (id: string): string => {
    const above = owner.get(id) ?? id;
    return above === id ? id : ownerOf(above);
  };
  for (const { from, to } of edges) owner.set(ownerOf(from), ownerOf(to));
  const joined = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const parts = Map.groupBy(nodes, ({ id }) => (joined.has(id) ? ownerOf(id) : ''));
  return [...parts]
    .sort(([a, left], [b, right]) => Number(a === '') - Number(b === '') || right.length - left.length)
    .map(([key, members]) => ({
      nodes: members,
      edges: edges.filter(({ from }) => key !== '' && ownerOf(from) === key),
    }));
}

function layOutPart({ nodes, edges }: Pick<Topology, 'nodes' | 'edges'>): Layout {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 70, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, name, type, details } of nodes) {
    const longest = Math.max(...[name, type, ...details].map(({ length }) => length));
    graph.setNode(id, {
      width: Math.max(90, longest * letter + 24),
      height: (2 + details.length) * line + 14,
    });
  }
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    nodes: nodes.map((node) => ({
      ...node,
      ...(graph.node(node.id) as { x: number; y: number; width: number; height: number }),
    })),
    edges: edges.map((edge) => ({
      ...edge,
      points: (graph.edge(edge.from, edge.to) as { points: { x: number; y: number }[] }).points,
    })),
  };
}
