import { type CheckedTarget, contextOf, mermaid, type Topology, topologyOf } from '@plumbline/validators';

/** The topology of a target that was checked. */
export function topologyOfTarget({ target, environment, objects, findings }: CheckedTarget): Topology {
  const plain = objects.map(({ object }) => object);
  const { model, flows } = contextOf(target.name, target.system, environment, plain);
  return topologyOf(target.name, model, flows, findings);
}

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
