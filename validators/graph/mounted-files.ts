import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';
import { perContainer } from './per-container.ts';

/** A key of a ConfigMap or a Secret that a container sees as a file. */
export interface MountedFile {
  readonly key: string;
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** Its whole path in the container. */
  readonly at: string;
}

/** The keys of ConfigMaps and Secrets that a container sees as files. */
export const mountedFiles: (
  model: Model,
  workload: Workload,
  container: Container,
) => readonly MountedFile[] = perContainer(readMounts);

function readMounts(model: Model, workload: Workload, container: Container): MountedFile[] {
  const found: MountedFile[] = [];
  for (const mount of container.spec.volumeMounts ?? []) {
    const volume = (workload.pod.volumes ?? []).find(({ name }) => name === mount.name);
    const sources = [
      ...(volume?.configMap
        ? [{ kind: 'ConfigMap' as const, name: volume.configMap.name ?? '', items: volume.configMap.items }]
        : []),
      ...(volume?.secret
        ? [{ kind: 'Secret' as const, name: volume.secret.secretName ?? '', items: volume.secret.items }]
        : []),
      ...(volume?.projected?.sources ?? []).flatMap(({ configMap, secret }) => [
        ...(configMap
          ? [{ kind: 'ConfigMap' as const, name: configMap.name ?? '', items: configMap.items }]
          : []),
        ...(secret ? [{ kind: 'Secret' as const, name: secret.name ?? '', items: secret.items }] : []),
      ]),
    ];
    for (const { kind, name, items } of sources) {
      const configuration = model.configuration(kind, workload.namespace, name);
      const keys: { key: string; path: string }[] =
        items?.map(({ key, path }) => ({ key, path })) ??
        [...(configuration?.values.keys() ?? [])].map((key) => ({ key, path: key }));
      for (const { key, path } of keys) {
        if (mount.subPath !== undefined && path !== mount.subPath && !path.startsWith(`${mount.subPath}/`))
          continue;
        const below = mount.subPath === undefined ? `/${path}` : path.slice(mount.subPath.length);
        found.push({ key, kind, name, at: `${mount.mountPath.replace(/\/+$/, '')}${below}` });
      }
    }
  }
  return found;
}
