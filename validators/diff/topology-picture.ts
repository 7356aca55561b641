import { drawBox, escapeHtml, wayAlong } from '../graph/drawing.ts';
import { layOut, type PlacedEdge, type PlacedNode } from '../graph/layout.ts';
import type { TopologyEdge } from '../graph/topology.ts';
import {
  type ChangedEdge,
  type ChangedNode,
  type ChangedTopology,
  type DetailChange,
  type Fate,
  nearChanges,
} from './changed-topology.ts';

/** What stands before the name, for whoever sees no colour. */
const signs: Readonly<Record<Fate, string>> = { new: '+', gone: '-', changed: '~', same: '' };

/** In a picture of more parts only what is another is drawn, with what stands around it. */
const largest = 120;

/** Of more parts nobody makes sense, and laying them out takes long: they are listed alone. */
const tooMany = 400;

/**
 * Two topologies as one picture of SVG, which shows both, or one of them where the page hides the other; undefined where it
 * would be too large.
 */
export function drawChanges(target: string, topology: ChangedTopology): string | undefined {
  const { nodes, edges } = topology.nodes.length > largest ? nearChanges(topology) : topology;
  if (nodes.length > tooMany) return undefined;
  const changed = new Map(nodes.map((one) => [one.node.id, one]));
  const changedEdges = new Map(edges.map((one) => [edgeKey(one.edge), one]));
  const placed = layOut({
    target,
    nodes: nodes.map(measured),
    edges: edges.map(({ edge }) => edge),
    others: [],
  });
  const [width, height] = [Math.ceil(placed.width), Math.ceil(placed.height)];
  const label = `Topology of ${target}, before and after`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">`,
    ...placed.edges.map((edge) => drawEdge(edge, changedEdges.get(edgeKey(edge)) as ChangedEdge)),
    ...placed.nodes.map((node) => drawNode(node, changed.get(node.id) as ChangedNode)),
    '</svg>',
  ].join('\n');
}

/** What is another in the picture, in words: `+ Deployment shop/api`. */
export function listChanges({ nodes, edges }: ChangedTopology): string[] {
  const names = new Map(
    nodes.map(({ node }) => [node.id, node.kind === 'outside' ? `${node.name} (${node.type})` : node.id]),
  );
  const parts = nodes.map(({ node, fate, details, wrong }) => ({
    fate,
    what: names.get(node.id),
    states: [
      ...details.filter(({ before, after }) => fate === 'changed' && before !== after).map(detailText),
      ...(fate === 'changed' && wrong.before !== wrong.after ? [wrong.after ? 'now wrong' : 'mended'] : []),
    ],
  }));
  const lines = edges.map(({ edge, fate, before }) => ({
    fate,
    what: `${names.get(edge.from)} → ${names.get(edge.to)}`,
    states: edgeStates(edge, before),
  }));
  return [...parts, ...lines]
    .filter(({ fate }) => fate !== 'same')
    .map(
      ({ fate, what, states }) =>
        `${signs[fate]} ${what}${states.length === 0 ? '' : `: ${states.join(', ')}`}`,
    );
}

const edgeKey = ({ from, to, kind }: TopologyEdge): string => JSON.stringify([from, to, kind]);

function edgeStates(edge: TopologyEdge, before: TopologyEdge | undefined): string[] {
  const isCut = edge.allowed ? '' : before?.allowed === true ? 'now cut' : 'cut';
  const mended = edge.allowed && before?.allowed === false ? 'no longer cut' : '';
  const label =
    before === undefined || before.label === edge.label
      ? edge.label
      : `${before.label || 'nothing'} → ${edge.label || 'nothing'}`;
  return [isCut, mended, label].filter((text) => text !== '');
}

function detailText({ before, after }: DetailChange): string {
  if (before === after || after === undefined) return before ?? '';
  return before === undefined ? after : `${before} → ${after}`;
}

/** A node as wide as what stands in it. */
function measured({ node, fate, details, wrong }: ChangedNode) {
  const [type = '', ...more] = details.map(detailText);
  const name = `${signs[fate]} ${node.name}${wrong.before || wrong.after ? ' !' : ''}`;
  return { ...node, name, type, details: more };
}

/** A text that each view has otherwise: both sides together, the older and the newer. */
function inViews(both: string, before: string, after: string, className = ''): string {
  const views = { 'of-both': both, 'of-before': before, 'of-after': after };
  return Object.entries(views)
    .filter(([, text]) => text !== '')
    .map(([view, text]) => `<tspan class="${view}${className}">${escapeHtml(text)}</tspan>`)
    .join('');
}

function drawNode(place: PlacedNode, { node, fate, details, wrong }: ChangedNode): string {
  const sign = signs[fate] === '' ? '' : `<tspan class="sign">${signs[fate]} </tspan>`;
  const flaw = (isWrong: boolean) => (isWrong ? ' !' : '');
  const isWrong = fate === 'gone' ? wrong.before : wrong.after;
  const flaws = inViews(flaw(isWrong), flaw(wrong.before), flaw(wrong.after), ' flaw');
  const lines = details.map((detail) =>
    fate !== 'changed' || detail.before === detail.after
      ? escapeHtml(detailText(detail))
      : inViews(detailText(detail), detail.before ?? '', detail.after ?? ''),
  );
  const title = [`${signs[fate]} ${node.type} ${node.name}`.trim(), ...node.findings].join('\n');
  return (
    `<g class="node ${place.kind} is-${fate}"><title>${escapeHtml(title)}</title>` +
    `${drawBox(place, `${sign}${escapeHtml(node.name)}${flaws}`, lines)}</g>`
  );
}

function drawEdge({ points, kind }: PlacedEdge, { edge, fate, before }: ChangedEdge): string {
  const arrow = kind === 'mounts' ? '' : ' marker-end="url(#arrow)"';
  const way = wayAlong(points);
  const path = (allowed: boolean, view: string) =>
    `<path class="edge ${kind}${allowed ? '' : ' cut'}${view}" d="${way}"${arrow}/>`;
  const paths =
    before === undefined || before.allowed === edge.allowed
      ? path(edge.allowed, '')
      : `${path(before.allowed, ' of-before')}${path(edge.allowed, ' of-newer')}`;
  const { x, y } = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 };
  const sign =
    fate === 'same'
      ? ''
      : `<text class="sign" x="${x}" y="${y - 5}" text-anchor="middle">${signs[fate]}</text>`;
  const title = `${signs[fate]} ${edge.from} → ${edge.to} ${edgeStates(edge, before).join(', ')}`.trim();
  return `<g class="way is-${fate}"><title>${escapeHtml(title)}</title>${paths}${sign}</g>`;
}
