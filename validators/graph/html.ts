import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { layOut, type PlacedEdge, type PlacedNode } from './layout.ts';
import type { Topology } from './topology.ts';

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function drawNode({ x, y, width, height, ...node }: PlacedNode): string {
  const { id, kind, name, type, details, findings } = node;
  const left = x - width / 2;
  const top = y - height / 2;
  const radius = kind === 'service' ? height / 2.4 : kind === 'claim' ? 10 : 4;
  const lines = [type, ...details].map(
    (text, index) => `<tspan class="more" x="${x}" y="${top + 36 + index * 16}">${escapeHtml(text)}</tspan>`,
  );
  const wrong = findings.length > 0 ? ' wrong' : '';
  return (
    `<g class="node ${kind}${wrong}" tabindex="0" role="button" aria-label="${escapeHtml(`${type} ${name}`)}" ` +
    `data-id="${escapeHtml(id)}" data-node="${escapeHtml(JSON.stringify(node))}">` +
    `<title>${escapeHtml([`${type} ${name}`, ...findings].join('\n'))}</title>` +
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="${radius}"/>` +
    `<text text-anchor="middle"><tspan class="name" x="${x}" y="${top + 19}">${escapeHtml(name)}</tspan>${lines.join('')}</text></g>`
  );
}

/** A smooth way along points: it begins at the first, ends at the last and bends towards those between. */
function curve(points: PlacedEdge['points']): string {
  const [first = { x: 0, y: 0 }, ...rest] = points;
  const bends = rest.slice(0, -1).map(({ x, y }, index) => {
    const next = rest[index + 1] ?? { x, y };
    const isLast = index === rest.length - 2;
    const end = isLast ? next : { x: (x + next.x) / 2, y: (y + next.y) / 2 };
    return `Q${x} ${y} ${end.x} ${end.y}`;
  });
  const last = rest.at(-1) ?? first;
  return `M${first.x} ${first.y} ${bends.length > 0 ? bends.join(' ') : `L${last.x} ${last.y}`}`;
}

function drawEdge({ from, to, kind, label, allowed, points }: PlacedEdge): string {
  const way = curve(points);
  const arrow = kind === 'mounts' ? '' : ` marker-end="url(#arrow)"`;
  return (
    `<path class="edge ${kind}${allowed ? '' : ' cut'}" d="${way}"${arrow} data-from="${escapeHtml(from)}" ` +
    `data-to="${escapeHtml(to)}" data-label="${escapeHtml(label)}"><title>${escapeHtml(`${from} → ${to} ${label}`)}</title></path>`
  );
}

/**
 * The topology as one HTML page that needs nothing beside it: a person can search it and click through it, in light
 * and dark, by mouse and by keyboard. No host is called.
 */
export async function htmlPage(topology: Topology): Promise<string> {
  const [style, script] = await Promise.all(
    ['page.css', 'page.js'].map((file) => readFile(join(import.meta.dirname, file), 'utf8')),
  );
  const { width, height, nodes, edges } = layOut(topology);
  const wrong =
    nodes.filter(({ findings }) => findings.length > 0).length + topology.others.length ||
    edges.filter(({ allowed }) => !allowed).length;
  const count =
    wrong === 0 ? `${nodes.length} parts, ${edges.length} lines, nothing wrong` : `${wrong} wrong`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(topology.target)}</title>
<style>
${style}</style>
</head>
<body>
<header>
<h1>${escapeHtml(topology.target)}</h1>
<input type="search" placeholder="Search names, kinds, ports" aria-label="Search">
<span id="count"${wrong === 0 ? '' : ' class="wrong-text"'} role="status">${count}</span>
</header>
<main>
<figure>
<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Topology of ${escapeHtml(topology.target)}">
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="context-stroke"/></marker></defs>
${edges.map(drawEdge).join('\n')}
${nodes.map(drawNode).join('\n')}
</svg>
</figure>
<aside aria-live="polite" data-others="${escapeHtml(JSON.stringify(topology.others))}"></aside>
</main>
<script>
${script}</script>
</body>
</html>
`;
}
