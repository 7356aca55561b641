import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';
import { environmentOf } from './container-environment.ts';
import { mountedFiles } from './mounted-files.ts';

/** What would have to be seen before it can be said how a server is set. */
export interface Sought {
  /** Names of variables that matter. */
  readonly variables: RegExp;
  /** Folders and files of settings, and of scripts that start the server. */
  readonly places: RegExp;
  /** Scripts that the image brings. */
  readonly scripts: RegExp;
}

/** True where settings of a container may come from what the target does not hold: variables, files, or scripts. */
export function hasUnseenSettings(
  model: Model,
  workload: Workload,
  container: Container,
  { variables, places, scripts }: Sought,
): boolean {
  const { envFrom = [], volumeMounts = [], command = [], args = [] } = container.spec;
  const isUnknown = (kind: 'ConfigMap' | 'Secret', name = '') =>
    model.configuration(kind, workload.namespace, name)?.open !== false;
  if (
    envFrom.some(({ configMapRef, secretRef }) =>
      secretRef ? isUnknown('Secret', secretRef.name) : isUnknown('ConfigMap', configMapRef?.name),
    )
  )
    return true;
  for (const { name, value } of environmentOf(model, workload, container).values())
    if (value === undefined && variables.test(name)) return true;
  const files = mountedFiles(model, workload, container);
  const holds = (mountPath: string) =>
    files.some(({ at }) => at === mountPath || at.startsWith(`${mountPath.replace(/\/+$/, '')}/`));
  if (volumeMounts.some(({ mountPath }) => places.test(mountPath) && !holds(mountPath))) return true;
  return [...command, ...args]
    .flatMap((word) => [...word.matchAll(/[\w./-]+\.sh\b/g)].map(([script]) => script))
    .some(
      (script) =>
        !scripts.test(script) && !files.some(({ at }) => at === script || at.endsWith(`/${base(script)}`)),
    );
}

function base(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
