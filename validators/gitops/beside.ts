import type { Judged } from '../judgement.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Target } from '../render/targets.ts';
import { deliver, namespacesMade, type Render } from './deliver.ts';

/**
 * What the rest of a run says about each of its targets that is of no environment: what its Applications would apply, and the
 * namespaces that Argo CD makes. Targets with an environment are judged by themselves.
 * @param render renders a folder that is no target of the run.
 */
export async function beside(
  root: string,
  targets: readonly Target[],
  objectsOf: (index: number) => readonly KubernetesObject[],
  render: Render,
): Promise<(index: number) => Pick<Judged, 'beside'>> {
  const alone = [...targets.keys()].filter((index) => targets[index]?.environment === '');
  const projects = alone.flatMap(objectsOf).filter(({ kind }) => kind === 'AppProject');
  const known: Render = async (folder) => {
    const index = targets.findIndex((target) => target.folder === folder);
    const objects = index < 0 ? [] : objectsOf(index);
    return objects.length > 0 ? { objects } : render(folder);
  };
  const deliveries = new Map(
    await Promise.all(
      alone.map(async (index) => [index, await deliver(root, objectsOf(index), projects, known)] as const),
    ),
  );
  const namespacesBeside = new Set([...deliveries.values()].flatMap((one) => namespacesMade(one)));
  return (index) =>
    alone.includes(index) ? { beside: { deliveries: deliveries.get(index), namespacesBeside } } : {};
}
