import type { PlacedEdge, PlacedNode } from './layout.ts';

/** Text as it may stand in a page, in an attribute as well: what no page may hold is shown as signs for it. */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, printable)
    .replaceAll(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A picture of a control character; blanks stay. */
function printable(sign: string): string {
  if ('\t\n\r'.includes(sign)) return sign;
  return sign < ' ' ? String.fromCodePoint(0x2400 + sign.charCodeAt(0)) : '\ufffd';
}

/** The head of arrows, for the `defs` of a page with pictures. */
export const arrowHead =
  '<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="context-stroke"/></marker>';

/** The box of a node, with its name and a line for each of the others; `lines` are texts of SVG, escaped. */
export function drawBox(
  { x, y, width, height, kind }: Pick<PlacedNode, 'x' | 'y' | 'width' | 'height' | 'kind'>,
  name: string,
  lines: readonly string[],
): string {
  const left = x - width / 2;
  const top = y - height / 2;
  const radius = kind === 'service' ? height / 2.4 : kind === 'claim' ? 10 : 4;
  const more = lines.map(
    (text, index) => `<tspan class="more" x="${x}" y="${top + 36 + index * 16}">${text}</tspan>`,
  );
  return (
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="${radius}"/>` +
    `<text text-anchor="middle"><tspan class="name" x="${x}" y="${top + 19}">${name}</tspan>${more.join('')}</text>`
  );
}

/** A smooth way along points, as a path of SVG: it begins at the first, ends at the last and bends towards those between. */
export function wayAlong(points: PlacedEdge['points']): string {
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
