import type { Volume } from '../model/kubernetes.ts';
import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';

/** What a container sees at one path. */
export interface Mount {
  /** Without a slash at its end. */
  readonly path: string;
  /** Its files by their path below it, `''` for a mount that is one file; undefined where only the cluster knows them. */
  readonly files: readonly string[] | undefined;
  /** `ConfigMap settings`, `Secret login`: where the files come from. */
  readonly from: string;
}

/** Files of a part of a volume, and where they come from. */
interface Part {
  readonly files: readonly string[];
  readonly from: string;
}

function ofConfiguration(
  model: Model,
  namespace: string,
  kind: 'ConfigMap' | 'Secret',
  name: string | undefined,
  { items, optional }: { readonly items?: readonly { readonly path: string }[]; readonly optional?: boolean },
): Part | undefined {
  const found = model.configuration(kind, namespace, name ?? '');
  // One that is empty where it is kept is filled by somebody in the cluster.
  if (found === undefined || found.open || optional === true || found.values.size === 0) return undefined;
  return { files: items?.map(({ path }) => path) ?? [...found.values.keys()], from: `${kind} ${name}` };
}

/** What a volume of configuration holds; undefined for any other, and for one that is not wholly known. */
function partsOf(model: Model, namespace: string, volume: Volume): Part[] | undefined {
  const { configMap, secret, projected, downwardAPI } = volume;
  const of = ofConfiguration.bind(undefined, model, namespace);
  const fields = (source: { readonly items?: readonly { readonly path: string }[] | undefined }): Part => ({
    files: (source.items ?? []).map(({ path }) => path),
    from: 'the downward API',
  });
  let parts: (Part | undefined)[] = [undefined];
  if (configMap) parts = [of('ConfigMap', configMap.name, configMap)];
  else if (secret) parts = [of('Secret', secret.secretName, secret)];
  else if (downwardAPI) parts = [fields(downwardAPI)];
  else if (projected) {
    parts = (projected.sources ?? []).map((source) => {
      if (source.configMap) return of('ConfigMap', source.configMap.name, source.configMap);
      if (source.secret) return of('Secret', source.secret.name, source.secret);
      if (source.downwardAPI) return fields(source.downwardAPI);
      const file = source.serviceAccountToken?.path;
      return file === undefined ? undefined : { files: [file], from: 'the token' };
    });
  }
  return parts.every((part) => part !== undefined) && parts.length > 0 ? parts : undefined;
}

/** Every mount of a container, the deepest first: it hides what the others have at its path. */
export function mountsOf(model: Model, workload: Workload, container: Container): Mount[] {
  const mounts = (container.spec.volumeMounts ?? []).map((mount): Mount => {
    const path = (mount.mountPath ?? '').replace(/\/+$/, '');
    const volume = (workload.pod.volumes ?? []).find(({ name }) => name === mount.name);
    const below = mount.subPath?.replace(/^\.\/|\/+$/g, '') ?? '';
    const parts =
      volume === undefined || mount.subPathExpr ? undefined : partsOf(model, workload.namespace, volume);
    if (parts === undefined) return { path, files: undefined, from: '' };
    const all = parts.flatMap(({ files }) => files);
    const files =
      below === ''
        ? all
        : all
            .filter((file) => file === below || file.startsWith(`${below}/`))
            .map((file) => file.slice(below.length + 1));
    // That a subPath leads nowhere is said by another rule.
    return {
      path,
      files: files.length === 0 ? undefined : files,
      from: parts.map(({ from }) => from).join(' and '),
    };
  });
  return mounts.sort((a, b) => b.path.length - a.path.length);
}
