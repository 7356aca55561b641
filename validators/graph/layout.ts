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

/** Lays a topology out in layers, clients left of what they talk to (dagre: the method of Sugiyama). */
export function layOut({ nodes, edges }: Topology): Layout {
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
