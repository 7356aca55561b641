import type { Volume } from '../model/kubernetes.ts';
import type { Model } from '../model/model.ts';
import { joinPath } from '../model/workload.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** A ConfigMap or Secret in a volume, and which of its keys become files. */
interface Part {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly items: readonly { readonly key: string; readonly path: string }[] | undefined;
  readonly optional: boolean;
}

/** What a volume is made of, or undefined for one that is more than ConfigMaps and Secrets. */
function partsOf({ configMap, secret, projected }: Volume): Part[] | undefined {
  const part = (kind: Part['kind'], name: string | undefined, source: Partial<Part>): Part => ({
    kind,
    name: name ?? '',
    items: source.items,
    optional: source.optional === true,
  });
  if (configMap) return [part('ConfigMap', configMap.name, configMap)];
  if (secret) return [part('Secret', secret.secretName, secret)];
  const parts = (projected?.sources ?? []).map((source) => {
    if (source.configMap) return part('ConfigMap', source.configMap.name, source.configMap);
    return source.secret ? part('Secret', source.secret.name, source.secret) : undefined;
  });
  return parts.length === 0 || parts.includes(undefined) ? undefined : (parts as Part[]);
}

/** The files of a volume, or undefined where only the cluster knows them. */
function filesOf(model: Model, namespace: string, parts: readonly Part[]): string[] | undefined {
  const files: string[] = [];
  for (const { kind, name, items, optional } of parts) {
    const configuration = model.configuration(kind, namespace, name);
    if (configuration === undefined || configuration.open || optional) return undefined;
    files.push(...(items?.map(({ path }) => path) ?? configuration.values.keys()));
  }
  return files;
}

/** A container mounts one file of a ConfigMap or Secret by subPath, and there is no such file. */
export const subpathMissing: Rule = {
  id: 'subpath-missing',
  severity: 'error',
  family: 'references',
  title: 'a subPath names a file that the ConfigMap or Secret does not hold',
  *check({ model }) {
    for (const { object, namespace, pod, containers } of model.workloads) {
      for (const { name: container, spec, path } of containers) {
        for (const [index, mount] of (spec.volumeMounts ?? []).entries()) {
          const volume = (pod.volumes ?? []).find(({ name }) => name === mount.name);
          const wanted = mount.subPath?.replace(/^\.\/|\/+$/g, '') ?? '';
          const parts = volume === undefined || wanted === '' ? undefined : partsOf(volume);
          const files = parts === undefined ? undefined : filesOf(model, namespace, parts);
          if (parts === undefined || files === undefined) continue;
          if (files.some((file) => file === wanted || file.startsWith(`${wanted}/`))) continue;
          yield {
            object,
            path: joinPath(path, `volumeMounts[${index}].subPath`),
            message:
              `container ${container} mounts ${wanted} of ${parts.map(({ kind, name }) => `${kind} ${name}`).join(' and ')}, ` +
              `which holds ${files.join(', ') || 'nothing'}${didYouMean(wanted, files)}: ` +
              `${mount.mountPath} would be an empty folder, or no container would start`,
          };
        }
      }
    }
  },
};
