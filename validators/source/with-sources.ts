import type { Finding } from '../finding.ts';
import { type Reads, textOf } from '../render/inputs.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { withLine } from './with-line.ts';

/** Findings of a target of the repository, with the file and line that set what each is about. */
export async function withSources(
  findings: readonly Finding[],
  objects: readonly KubernetesObject[],
  root: string,
  folder: string,
  reads: Reads,
): Promise<Finding[]> {
  const placed = await Promise.all(
    findings.map((finding) => withLine(finding, (file) => textOf(root, file, reads))),
  );
  if (placed.every(({ source, resource }) => source !== undefined || resource === undefined)) return placed;
  // Loaded when something is wrong: a run that finds nothing has no use for it.
  const { locator } = await import('./locate.ts');
  const locate = locator(root, folder, reads);
  return placed.map((finding) => {
    const { resource } = finding;
    if (finding.source !== undefined || resource === undefined) return finding;
    const object = objects.find(
      ({ kind, apiVersion, metadata }) =>
        kind === resource.kind &&
        apiVersion === resource.apiVersion &&
        metadata.name === resource.name &&
        metadata.namespace === resource.namespace,
    );
    if (object === undefined) return finding;
    const source = locate(object, finding.path ?? '', finding.within);
    return source === undefined ? finding : { ...finding, source };
  });
}
