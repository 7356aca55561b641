import type { Topology, TopologyEdge, TopologyNode } from '../graph/topology.ts';

/** What became of a part of the picture. */
export type Fate = 'new' | 'gone' | 'changed' | 'same';

/** A line of a part, as it was and as it is; undefined on the side that has it not. */
export interface DetailChange {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** A part of the newer topology, or one of the older that is there no more. */
export interface ChangedNode {
  readonly node: TopologyNode;
  readonly fate: Fate;
  readonly details: readonly DetailChange[];
  /** True on a side where something was found wrong with it. */
  readonly wrong: { readonly before: boolean; readonly after: boolean };
}

/** A line of the newer topology, or one of the older that is there no more. */
export interface ChangedEdge {
  readonly edge: TopologyEdge;
  readonly fate: Fate;
  /** As it was, where it is another. */
  readonly before?: TopologyEdge;
}

/** Two topologies of one target in one picture. */
export interface ChangedTopology {
  readonly nodes: readonly ChangedNode[];
  readonly edges: readonly ChangedEdge[];
}

const keyOf = ({ from, to, kind }: TopologyEdge): string => JSON.stringify([from, to, kind]);

/** Two topologies as one; `touched` holds the ids of objects in which anything is another, shown in the picture or not. */
export function changedTopology(
  before: Pick<Topology, 'nodes' | 'edges'>,
  after: Pick<Topology, 'nodes' | 'edges'>,
  touched: ReadonlySet<string>,
): ChangedTopology {
  const was = new Map(before.nodes.map((node) => [node.id, node]));
  const is = new Set(after.nodes.map(({ id }) => id));
  const wasEdge = new Map(before.edges.map((edge) => [keyOf(edge), edge]));
  const isEdge = new Set(after.edges.map(keyOf));
  return {
    nodes: [
      ...after.nodes.map((node) => changedNode(was.get(node.id), node, touched)),
      ...before.nodes.filter(({ id }) => !is.has(id)).map((node) => changedNode(node, undefined, touched)),
    ],
    edges: [
      ...after.edges.map((edge) => changedEdge(wasEdge.get(keyOf(edge)), edge)),
      ...before.edges
        .filter((edge) => !isEdge.has(keyOf(edge)))
        .map((edge): ChangedEdge => ({ edge, fate: 'gone' })),
    ],
  };
}

/** True where the picture says anything that it did not say before. */
export function isAnother({ nodes, edges }: ChangedTopology): boolean {
  return [...nodes, ...edges].some(({ fate }) => fate !== 'same');
}

/** The parts that are another, those that a line joins to them, and the lines between all of these. */
export function nearChanges({ nodes, edges }: ChangedTopology): ChangedTopology {
  const changed = new Set(nodes.filter(({ fate }) => fate !== 'same').map(({ node }) => node.id));
  const kept = new Set(changed);
  for (const { edge, fate } of edges) {
    if (fate === 'same' && !changed.has(edge.from) && !changed.has(edge.to)) continue;
    kept.add(edge.from);
    kept.add(edge.to);
  }
  return {
    nodes: nodes.filter(({ node }) => kept.has(node.id)),
    edges: edges.filter(({ edge }) => kept.has(edge.from) && kept.has(edge.to)),
  };
}

function changedNode(before: TopologyNode, after: undefined, touched: ReadonlySet<string>): ChangedNode;
function changedNode(
  before: TopologyNode | undefined,
  after: TopologyNode,
  touched: ReadonlySet<string>,
): ChangedNode;
function changedNode(
  before: TopologyNode | undefined,
  after: TopologyNode | undefined,
  touched: ReadonlySet<string>,
): ChangedNode {
  const node = (after ?? before) as TopologyNode;
  const isWrong = (side: TopologyNode | undefined) => (side?.findings.length ?? 0) > 0;
  const one = {
    node,
    details: detailsOf(before, after),
    wrong: { before: isWrong(before), after: isWrong(after) },
  };
  if (after === undefined) return { ...one, fate: 'gone' };
  if (before === undefined) return { ...one, fate: 'new' };
  const isOther =
    touched.has(node.id) ||
    one.wrong.before !== one.wrong.after ||
    one.details.some((detail) => detail.before !== detail.after);
  return { ...one, fate: isOther ? 'changed' : 'same' };
}

function changedEdge(before: TopologyEdge | undefined, edge: TopologyEdge): ChangedEdge {
  if (before === undefined) return { edge, fate: 'new' };
  if (before.allowed === edge.allowed && before.label === edge.label) return { edge, fate: 'same' };
  return { edge, fate: 'changed', before };
}

function detailsOf(before: TopologyNode | undefined, after: TopologyNode | undefined): DetailChange[] {
  const [was, is] = [before, after].map((node) => (node === undefined ? [] : [node.type, ...node.details]));
  const count = Math.max(was?.length ?? 0, is?.length ?? 0);
  return Array.from({ length: count }, (_, index) => ({ before: was?.[index], after: is?.[index] }));
}
