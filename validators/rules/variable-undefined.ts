import type { Model } from '../model/model.ts';
import { type Container, joinPath, type Workload } from '../model/workload.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

/** The names in a text that the kubelet would expand: `$(NAME)`, and not `$$(NAME)`. */
export function referencesIn(text: string): string[] {
  const names: string[] = [];
  for (const [, dollars = '', name = ''] of text.matchAll(/(\$+)\(([A-Z_][A-Z0-9_]*)\)/g)) {
    // Each pair of dollars is one that is meant as such.
    if (dollars.length % 2 === 1) names.push(name);
  }
  return names;
}

/** Variables that the kubelet sets for the Services of the namespace. */
const ofServices = /^[A-Z0-9_]+_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_\w+)?)$/;

/** The variables that a container gets by envFrom, or undefined where only the cluster knows them. */
function imported(model: Model, workload: Workload, container: Container): string[] | undefined {
  const names: string[] = [];
  for (const { prefix = '', configMapRef, secretRef } of container.spec.envFrom ?? []) {
    const name = configMapRef?.name ?? secretRef?.name ?? '';
    const kind = configMapRef ? 'ConfigMap' : 'Secret';
    const configuration = model.configuration(kind, workload.namespace, name);
    if (configuration === undefined || configuration.open) return undefined;
    names.push(...[...configuration.values.keys()].map((key) => `${prefix}${key}`));
  }
  return names;
}

function* judge(model: Model, workload: Workload, container: Container): Iterable<Problem> {
  const { name, spec, path } = container;
  const from = imported(model, workload, container);
  if (from === undefined) return;
  const own = (spec.env ?? []).map((variable) => variable.name);
  const linked = (variable: string) =>
    ofServices.test(variable) &&
    (workload.pod.enableServiceLinks !== false || variable.startsWith('KUBERNETES_'));
  const known = new Set(from);
  for (const [index, { name: variable, value = '' }] of (spec.env ?? []).entries()) {
    for (const reference of referencesIn(value)) {
      if (known.has(reference) || linked(reference)) continue;
      const why = own.includes(reference)
        ? `which is set only ${reference === variable ? 'by itself' : 'after it'}`
        : `which nothing sets${didYouMean(reference, [...own, ...from])}`;
      yield {
        object: workload.object,
        path: joinPath(path, `env[${index}].value`),
        message: `env ${variable} of container ${name} takes $(${reference}), ${why}: the container would read the text $(${reference})`,
      };
    }
    known.add(variable);
  }
  for (const field of ['command', 'args'] as const) {
    for (const [index, text] of (spec[field] ?? []).entries()) {
      for (const reference of referencesIn(text)) {
        if (known.has(reference) || linked(reference)) continue;
        yield {
          object: workload.object,
          path: joinPath(path, `${field}[${index}]`),
          message:
            `container ${name} takes $(${reference}) in its ${field}, which nothing sets${didYouMean(reference, known)}: ` +
            `it would be given the text $(${reference})`,
        };
      }
    }
  }
  for (const [index, { subPathExpr = '' }] of (spec.volumeMounts ?? []).entries()) {
    for (const reference of referencesIn(subPathExpr)) {
      if (known.has(reference) || linked(reference)) continue;
      yield {
        object: workload.object,
        path: joinPath(path, `volumeMounts[${index}].subPathExpr`),
        message:
          `container ${name} mounts the folder ${subPathExpr}, and nothing sets ${reference}${didYouMean(reference, known)}: ` +
          'it would wait in CreateContainerConfigError',
      };
    }
  }
}

/** A container's environment or command line takes a variable that is not set, or not yet. */
export const variableUndefined: Rule = {
  id: 'variable-undefined',
  severity: 'error',
  family: 'references',
  title: 'a container takes $(NAME) of a variable that is not set before it',
  *check({ model }) {
    for (const workload of model.workloads) {
      for (const container of workload.containers) yield* judge(model, workload, container);
    }
  },
};
