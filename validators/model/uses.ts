import { joinPath, type Workload } from './workload.ts';

/** A place in a pod that names a ConfigMap or a Secret, or one of its keys. */
export interface ConfigurationUse {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** Undefined where the whole is used. */
  readonly key: string | undefined;
  readonly optional: boolean;
  /** Where its name stands. */
  readonly path: string;
  /** Where the key stands, when there is one. */
  readonly keyPath?: string;
  /** `container api`, `volume config`: what uses it. */
  readonly by: string;
}

/** Every ConfigMap and Secret, and every key of one, that a workload's pods name. */
export function configurationUses(workload: Workload): ConfigurationUse[] {
  return [...containerUses(workload), ...volumeUses(workload)];
}

function containerUses(workload: Workload): ConfigurationUse[] {
  const uses: ConfigurationUse[] = [];
  for (const { name: container, spec, path } of workload.containers) {
    const by = `container ${container}`;
    for (const [index, { configMapRef, secretRef }] of (spec.envFrom ?? []).entries()) {
      const reference = configMapRef ?? secretRef;
      if (!reference) continue;
      const field = configMapRef ? 'configMapRef' : 'secretRef';
      uses.push({
        kind: configMapRef ? 'ConfigMap' : 'Secret',
        name: reference.name ?? '',
        key: undefined,
        optional: reference.optional === true,
        path: joinPath(path, `envFrom[${index}].${field}.name`),
        by,
      });
    }
    for (const [index, { name, valueFrom }] of (spec.env ?? []).entries()) {
      const reference = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef;
      if (!reference) continue;
      const field = valueFrom?.configMapKeyRef ? 'configMapKeyRef' : 'secretKeyRef';
      uses.push({
        kind: valueFrom?.configMapKeyRef ? 'ConfigMap' : 'Secret',
        name: reference.name ?? '',
        key: reference.key,
        optional: reference.optional === true,
        path: joinPath(path, `env[${index}].valueFrom.${field}.name`),
        keyPath: joinPath(path, `env[${index}].valueFrom.${field}.key`),
        by: `${by}, env ${name}`,
      });
    }
  }
  return uses;
}

function volumeUses(workload: Workload): ConfigurationUse[] {
  const uses: ConfigurationUse[] = [];
  const add = (
    kind: 'ConfigMap' | 'Secret',
    name: string,
    items: readonly { key: string }[] | undefined,
    optional: boolean,
    path: string,
    field: string,
    by: string,
  ) => {
    uses.push({ kind, name, key: undefined, optional, path: `${path}.${field}`, by });
    for (const [index, { key }] of (items ?? []).entries()) {
      const keyPath = `${path}.items[${index}].key`;
      uses.push({ kind, name, key, optional, path: `${path}.${field}`, keyPath, by });
    }
  };
  for (const [index, volume] of (workload.pod.volumes ?? []).entries()) {
    const path = joinPath(workload.templatePath, `spec.volumes[${index}]`);
    const by = `volume ${volume.name}`;
    const { configMap, secret, projected } = volume;
    if (configMap)
      add(
        'ConfigMap',
        configMap.name ?? '',
        configMap.items,
        configMap.optional === true,
        `${path}.configMap`,
        'name',
        by,
      );
    if (secret)
      add(
        'Secret',
        secret.secretName ?? '',
        secret.items,
        secret.optional === true,
        `${path}.secret`,
        'secretName',
        by,
      );
    if (volume.csi?.nodePublishSecretRef)
      add(
        'Secret',
        volume.csi.nodePublishSecretRef.name ?? '',
        undefined,
        false,
        `${path}.csi.nodePublishSecretRef`,
        'name',
        by,
      );
    for (const [position, source] of (projected?.sources ?? []).entries()) {
      const place = `${path}.projected.sources[${position}]`;
      if (source.configMap) {
        const { name = '', items, optional } = source.configMap;
        add('ConfigMap', name, items, optional === true, `${place}.configMap`, 'name', by);
      }
      if (source.secret) {
        const { name = '', items, optional } = source.secret;
        add('Secret', name, items, optional === true, `${place}.secret`, 'name', by);
      }
    }
  }
  return uses;
}
