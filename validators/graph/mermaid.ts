import type { Topology, TopologyNode } from './topology.ts';

/** Text as a Mermaid label holds it. */
function escapeLabel(text: string): string {
  return text.replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;');
}

function shape({ kind, name, type, details }: TopologyNode): string {
  const label =
    escapeLabel(name) + [type, ...details].map((line) => `<br/><small>${escapeLabel(line)}</small>`).join('');
  switch (kind) {
    case 'workload':
      return `["${label}"]`;
    case 'service':
      return `(["${label}"])`;
    case 'claim':
      return `[("${label}")]`;
    case 'ingress':
      return `>"${label}"]`;
    case 'outside':
      return `{{"${label}"}}`;
  }
}

/** The topology as a Mermaid flowchart, for Markdown pages; what is wrong is red. */
export function mermaid({ nodes, edges }: Topology): string {
  const ids = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const lines = ['flowchart LR'];
  for (const node of nodes) lines.push(`  ${ids.get(node.id)}${shape(node)}`);
  const red: number[] = [];
  for (const [index, { from, to, kind, label, allowed }] of edges.entries()) {
    const arrow = kind === 'mounts' ? '-.-' : kind === 'serves' ? '-.->' : '-->';
    const text = kind === 'route' && label !== '' ? `|"${escapeLabel(label)}"|` : '';
    lines.push(`  ${ids.get(from)} ${arrow}${text} ${ids.get(to)}`);
    if (!allowed) red.push(index);
  }
  const wrong = nodes.filter(({ findings }) => findings.length > 0).map(({ id }) => ids.get(id));
  if (wrong.length > 0)
    lines.push('  classDef wrong stroke:#c00,stroke-width:3px', `  class ${wrong.join(',')} wrong`);
  if (red.length > 0) lines.push(`  linkStyle ${red.join(',')} stroke:#c00,stroke-width:3px`);
  return `${lines.join('\n')}\n`;
}
