import type { Model } from '../model/model.ts';
import { type Container, joinPath, type Workload } from '../model/workload.ts';
import { own } from '../own.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { perContainer } from './per-container.ts';

/** One value of a container's environment, wherever it comes from. */
export interface EnvValue {
  readonly name: string;
  /** Undefined where only the cluster knows it. */
  readonly value: string | undefined;
  readonly object: KubernetesObject;
  readonly path: string;
  /** The ConfigMap or Secret that came whole, by envFrom: what it holds need not concern this container. */
  readonly whole: string | undefined;
}

/** The environment of a container as the kubelet would make it: envFrom first, then env, with `$(NAME)` expanded. */
export const environmentOf: (
  model: Model,
  workload: Workload,
  container: Container,
) => ReadonlyMap<string, EnvValue> = perContainer(readEnvironment);

function readEnvironment(model: Model, workload: Workload, container: Container): Map<string, EnvValue> {
  const values = new Map<string, EnvValue>();
  const { object, namespace } = workload;
  for (const source of container.spec.envFrom ?? []) {
    const kind = source.secretRef ? 'Secret' : 'ConfigMap';
    const name = source.secretRef?.name ?? source.configMapRef?.name ?? '';
    const configuration = model.configuration(kind, namespace, name);
    for (const [key, value] of configuration?.values ?? []) {
      const variable = `${source.prefix ?? ''}${key}`;
      values.set(variable, {
        name: variable,
        value,
        object: configuration?.object ?? object,
        path: configuration?.pathOf(key) ?? '',
        whole: `${kind} ${namespace} ${name}`,
      });
    }
  }
  for (const [index, entry] of (container.spec.env ?? []).entries()) {
    const path = joinPath(container.path, `env[${index}].value`);
    const from = entry.valueFrom;
    const reference = from?.configMapKeyRef ?? from?.secretKeyRef;
    if (reference) {
      const kind = from?.configMapKeyRef ? 'ConfigMap' : 'Secret';
      const configuration = model.configuration(kind, namespace, reference.name ?? '');
      values.set(entry.name, {
        name: entry.name,
        value: configuration?.values.get(reference.key),
        object: configuration?.object ?? object,
        path: configuration?.pathOf(reference.key) ?? path,
        whole: undefined,
      });
    } else if (from) {
      const value = fieldValue(workload, from.fieldRef?.fieldPath);
      values.set(entry.name, { name: entry.name, value, object, path, whole: undefined });
    } else {
      const value = (entry.value ?? '').replaceAll(/\$\(([A-Za-z_][\w.-]*)\)/g, (whole, name: string) => {
        const known = values.get(name);
        return known?.value ?? whole;
      });
      values.set(entry.name, { name: entry.name, value, object, path, whole: undefined });
    }
  }
  return values;
}

/** What the kubelet fills in for a field of the pod; of a StatefulSet's pods, the first stands for all. */
function fieldValue(workload: Workload, fieldPath: string | undefined): string | undefined {
  if (fieldPath === 'metadata.namespace') return workload.namespace;
  if (fieldPath === 'metadata.name' && workload.kind === 'StatefulSet') return `${workload.name}-0`;
  if (fieldPath === "metadata.labels['apps.kubernetes.io/pod-index']") return '0';
  const label = /^metadata\.labels\['(.+)'\]$/.exec(fieldPath ?? '')?.[1];
  return label === undefined ? undefined : own(workload.labels, label);
}

/**
 * A text with the variables that the environment holds: `$(NAME)`, `$NAME`, `${NAME}`, and the default of `${NAME:-default}`
 * (a shell's) or `${NAME:default}` (Spring's) where it holds none.
 */
export function expand(text: string, values: ReadonlyMap<string, Pick<EnvValue, 'value'>>): string {
  return text
    .replaceAll(
      /\$\{(?:env[:.])?([A-Za-z_]\w*)(?:(?::?[-=]|:)([^{}/][^{}]*))?\}/gi,
      (whole: string, name: string, otherwise?: string) =>
        values.has(name) ? (values.get(name)?.value ?? whole) : (otherwise ?? whole),
    )
    .replaceAll(
      /\$\(([A-Za-z_]\w*)\)|\$([A-Za-z_]\w*)/g,
      (whole: string, kubelet?: string, shell?: string) => {
        return values.get(kubelet ?? shell ?? '')?.value ?? whole;
      },
    );
}
