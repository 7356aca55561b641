import { environmentOf } from '../graph/container-environment.ts';
import { mountedFiles } from '../graph/mounted-files.ts';
import { runTexts } from '../graph/run-texts.ts';
import type { Model } from '../model/model.ts';
import { type Container, joinPath, type Workload } from '../model/workload.ts';
import { didYouMean, editDistance, isSlip } from '../text/nearest.ts';
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

/** Names that a script takes and does not give itself, without a default; `\\$NAME` is handed on as it is. */
function takenBy(script: string): Set<string> {
  const taken = new Set<string>();
  for (const [, name = '', mark = ''] of script.matchAll(/(?<![\\$])\$\{?([A-Za-z_]\w{4,})(:?[-=+?#%/]?)/g)) {
    if (mark === '' || /^[#%/]/.test(mark)) taken.add(name);
  }
  for (const [, name = ''] of script.matchAll(/\b([A-Za-z_]\w*)\+?=/g)) taken.delete(name);
  for (const [, names = ''] of script.matchAll(
    /\b(?:for|read(?:\s+-\w+)*|local|declare|export|unset)\s+([\w ]+)/g,
  ))
    for (const name of names.split(/\s+/)) taken.delete(name);
  return taken;
}

/** True where a container's own words, or a file that it is given, hold a name. */
function isRead(model: Model, workload: Workload, container: Container, name: string): boolean {
  const { env: _, ...spec } = container.spec;
  const word = new RegExp(`\\b${name}\\b`);
  return (
    word.test(JSON.stringify(spec)) ||
    (container.spec.env ?? []).some(({ value = '' }) => value.includes(`$(${name})`)) ||
    mountedFiles(model, workload, container).some(({ kind, name: holder, key }) =>
      word.test(model.configuration(kind, workload.namespace, holder)?.values.get(key) ?? ''),
    )
  );
}

/** A shell that takes a variable which nothing sets, beside one of nearly that name which nothing takes. */
function* inShells(model: Model, workload: Workload, container: Container): Iterable<Problem> {
  const { env = [] } = container.spec;
  if (env.length === 0) return;
  const known = environmentOf(model, workload, container);
  for (const { text, object, path, by, shell } of runTexts(model, workload, container)) {
    if (!shell || !text.includes('$')) continue;
    for (const name of takenBy(text)) {
      if (known.has(name)) continue;
      const index = env.findIndex(
        (variable) =>
          editDistance(variable.name, name) <= (name.length > 6 ? 2 : 1) &&
          /\d*$/.exec(variable.name)?.[0] === /\d*$/.exec(name)?.[0] &&
          !isRead(model, workload, container, variable.name),
      );
      if (index < 0) continue;
      const own = env[index]?.name;
      // Who writes a name twice means it.
      const often = text.split(name).length > 2;
      yield {
        object: often ? workload.object : object,
        path: often ? joinPath(container.path, `env[${index}].name`) : path,
        message: `${by} takes $${name}, which nothing sets, and ${own}, which container ${container.name} of ${workload.kind} ${workload.name} is given, nothing takes: one of the two is mistyped, and it would be empty`,
      };
    }
  }
}

/** A mounted file that takes `${env:NAME}` of a variable that is nearly one that the container is given. */
function* inFiles(model: Model, workload: Workload, container: Container): Iterable<Problem> {
  const known = environmentOf(model, workload, container);
  if (known.size === 0) return;
  for (const { kind, name: holder, key } of mountedFiles(model, workload, container)) {
    const configuration = model.configuration(kind, workload.namespace, holder);
    const text = configuration?.values.get(key);
    if (configuration === undefined || text?.includes('${env:') !== true) continue;
    for (const { 1: name = '', index } of text.matchAll(/\$\{env:(\w{4,})\}/g)) {
      const meant = known.has(name) ? undefined : [...known.keys()].find((one) => isSlip(one, name));
      if (meant === undefined) continue;
      yield {
        object: configuration.object,
        path: configuration.pathOf(key),
        within: text.slice(0, index).split('\n').length,
        message: `${key} takes ${name} of the environment, and container ${container.name} of ${workload.kind} ${workload.name} is given ${meant}: nothing would stand there`,
      };
    }
  }
}

/** A container's environment or command line takes a variable that is not set, or not yet. */
export const variableUndefined: Rule = {
  id: 'variable-undefined',
  severity: 'error',
  family: 'references',
  title: 'a container takes a variable that is not set, or not before it',
  *check({ model }) {
    for (const workload of model.workloads) {
      for (const container of workload.containers) {
        yield* judge(model, workload, container);
        yield* inShells(model, workload, container);
        yield* inFiles(model, workload, container);
      }
    }
  },
};
