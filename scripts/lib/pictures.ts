import { type CheckedTarget, mermaid, topologyOfTarget } from '@plumbline/validators';

/** A picture of each system among the targets, as Markdown that folds: its name, and the graph as Mermaid. */
export function pictures(checked: readonly CheckedTarget[]): string {
  return checked
    .filter(({ target }) => target.system !== undefined)
    .map((one) => {
      const topology = topologyOfTarget(one);
      const summary = `<summary>${one.target.system}: ${topology.nodes.length} parts, ${topology.edges.length} lines</summary>`;
      return `<details>\n${summary}\n\n\`\`\`mermaid\n${mermaid(topology)}\`\`\`\n\n</details>`;
    })
    .join('\n\n');
}
