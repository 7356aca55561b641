import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { arrowHead, drawBox, escapeHtml, wayAlong } from './drawing.ts';
import { layOut, type PlacedEdge, type PlacedNode } from './layout.ts';
import type { Topology } from './topology.ts';

function drawNode({ x, y, width, height, ...node }: PlacedNode): string {
  const { id, kind, name, type, details, findings } = node;
  const wrong = findings.length > 0 ? ' wrong' : '';
  return (
    `<g class="node ${kind}${wrong}" tabindex="0" role="button" aria-label="${escapeHtml(`${type} ${name}`)}" ` +
    `data-id="${escapeHtml(id)}" data-node="${escapeHtml(JSON.stringify(node))}">` +
    `<title>${escapeHtml([`${type} ${name}`, ...findings].join('\n'))}</title>` +
    `${drawBox({ x, y, width, height, kind }, escapeHtml(name), [type, ...details].map(escapeHtml))}</g>`
  );
}

function drawEdge({ from, to, kind, label, allowed, points }: PlacedEdge): string {
  const way = wayAlong(points);
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
  const [picture, style, script] = await Promise.all(
    ['picture.css', 'page.css', 'page.js'].map((file) => readFile(join(import.meta.dirname, file), 'utf8')),
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
${picture}
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
<defs>${arrowHead}</defs>
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
