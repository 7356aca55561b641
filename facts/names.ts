import type { KubernetesObject } from '@plumbline/validators';

/** What kustomize appends to a generated name: ten letters and digits that stand for the content. */
const suffix = /-[2456789bcdfghkmt]{10}$/;

/** A name as it is written in the repository: without the suffix that the render gave it. */
export function writtenName(name: string): string {
  return name.replace(suffix, '');
}

/** The object that `Kind/name` names, where generated names are written without their suffix. */
export function findObject(
  objects: readonly KubernetesObject[],
  reference: string,
): KubernetesObject | undefined {
  const [kind, name] = reference.split('/');
  return (
    objects.find((object) => object.kind === kind && object.metadata.name === name) ??
    objects.find((object) => object.kind === kind && writtenName(object.metadata.name) === name)
  );
}
