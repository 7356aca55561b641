import type { Workload } from '@plumbline/validators';
import type { System } from './system.ts';

/** What stands at a path of a container: files of a ConfigMap or Secret, or a folder that is written to. */
export type Mount =
  | { readonly kind: 'files'; readonly path: string; readonly files: ReadonlyMap<string, string> }
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'folder'; readonly path: string; readonly volume: string; readonly keeps: boolean };

/** One container of one pod, resolved: what kubelet would start. */
export interface PodContainer {
  readonly workload: string;
  readonly name: string;
  readonly pod: string;
  readonly image: string;
  /** As written: `$(NAME)` becomes what the variable is where it runs. */
  readonly command: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly mounts: readonly Mount[];
  readonly user: number;
  readonly group: number;
}

export interface PodOptions {
  /** Which replica: the ordinal of a StatefulSet's pod, or the number in another's name. */
  readonly index?: number;
  /** The container; the first by default. */
  readonly container?: string;
  /** What stands for a value that only the cluster knows, as one that an ExternalSecret brings. */
  readonly unknownValue?: string;
  /** The pod's own; by default the one that all share here. */
  readonly address?: string;
}

/**
 * Resolves a container of a rendered workload: variables from ConfigMaps, Secrets and the pod's own fields, `$(NAME)`
 * in values, mounted files.
 * @throws Error for a reference that leads nowhere, or to a value that only a cluster knows.
 */
export function podContainer(system: System, workload: Workload, options: PodOptions = {}): PodContainer {
  const { index = 0 } = options;
  const found = workload.containers.find(({ name, role }) =>
    options.container === undefined ? role === 'main' : name === options.container,
  );
  if (found === undefined) throw new Error(`${workload.name} has no container ${options.container}`);
  const { spec } = found;
  const pod = `${workload.name}-${index}`;
  const values = (kind: 'ConfigMap' | 'Secret', name = '') => {
    const configuration = system.model.configuration(kind, workload.namespace, name);
    if (configuration === undefined) throw new Error(`${workload.name}: there is no ${kind} ${name}`);
    return configuration.values;
  };
  const value = (kind: 'ConfigMap' | 'Secret', name: string | undefined, key: string) => {
    const known = values(kind, name);
    const text = known.get(key) ?? (known.has(key) ? options.unknownValue : undefined);
    if (text === undefined)
      throw new Error(`${workload.name}: no value of ${key} in ${kind} ${name} is known here`);
    return text;
  };
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': pod,
    'metadata.namespace': workload.namespace,
    'status.podIP': options.address ?? '127.0.0.1',
    "metadata.labels['apps.kubernetes.io/pod-index']": String(index),
    "metadata.labels['topology.kubernetes.io/zone']": '',
  };
  const env = new Map<string, string>();
  for (const { configMapRef, secretRef, prefix = '' } of spec.envFrom ?? []) {
    const [kind, ref] =
      configMapRef === undefined ? ['Secret' as const, secretRef] : ['ConfigMap' as const, configMapRef];
    for (const key of values(kind, ref?.name).keys()) env.set(`${prefix}${key}`, value(kind, ref?.name, key));
  }
  for (const { name, value: plain, valueFrom } of spec.env ?? []) {
    const { configMapKeyRef, secretKeyRef, fieldRef } = valueFrom ?? {};
    if (configMapKeyRef !== undefined)
      env.set(name, value('ConfigMap', configMapKeyRef.name, configMapKeyRef.key));
    else if (secretKeyRef !== undefined) env.set(name, value('Secret', secretKeyRef.name, secretKeyRef.key));
    else if (fieldRef !== undefined) {
      const field = fields[fieldRef.fieldPath];
      if (field === undefined) throw new Error(`${workload.name}: ${fieldRef.fieldPath} is not known here`);
      env.set(name, field);
    } else env.set(name, expand(plain ?? '', env));
  }
  const security = { ...workload.pod.securityContext, ...spec.securityContext };
  return {
    workload: workload.name,
    name: spec.name,
    pod,
    image: spec.image ?? '',
    command: [...(spec.command ?? []), ...(spec.args ?? [])],
    env,
    mounts: mountsOf(workload, spec.volumeMounts ?? [], values),
    user: security.runAsUser ?? 0,
    group: security.runAsGroup ?? 0,
  };
}

/** Puts the values of variables in the place of `$(NAME)`; one that is not there stays as it is. */
export function expand(text: string, env: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\(([A-Za-z_][\w.-]*)\)/g, (all, name: string) => env.get(name) ?? all);
}

type VolumeMounts = NonNullable<Workload['containers'][number]['spec']['volumeMounts']>;

function mountsOf(
  workload: Workload,
  mounts: VolumeMounts,
  values: (kind: 'ConfigMap' | 'Secret', name?: string) => ReadonlyMap<string, string | undefined>,
): Mount[] {
  return mounts.map((mount): Mount => {
    const volume = workload.pod.volumes?.find(({ name }) => name === mount.name);
    const from =
      volume?.configMap !== undefined
        ? values('ConfigMap', volume.configMap.name)
        : volume?.secret !== undefined
          ? values('Secret', volume.secret.secretName)
          : undefined;
    const path = mount.mountPath;
    if (from === undefined) {
      // A claim outlives the pod; what is in an emptyDir goes with it.
      return { kind: 'folder', path, volume: mount.name, keeps: volume?.emptyDir === undefined };
    }
    const items = volume?.configMap?.items ?? volume?.secret?.items;
    const files = new Map(
      items === undefined
        ? [...from].map(([key, text]) => [key, text ?? ''])
        : items.map((item) => [item.path, from.get(item.key) ?? '']),
    );
    if (mount.subPath === undefined) return { kind: 'files', path, files };
    return { kind: 'file', path, text: files.get(mount.subPath) ?? '' };
  });
}
