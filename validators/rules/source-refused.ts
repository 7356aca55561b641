import { exactlyOne, held, inReferences, outOfShape, refused } from '../api-server/refused.ts';
import { variableName } from '../api-server/shapes.ts';
import type { Container } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Problem, Rule } from './rule.ts';

const ofVariable = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];
const ofVariables = ['configMapRef', 'secretRef'];

function* inContainer(
  object: KubernetesObject,
  { name: container, spec, path }: Container,
): Iterable<Problem> {
  for (const [index, { name, value, valueFrom }] of (spec.env ?? []).entries()) {
    const at = `${path}.env[${index}]`;
    yield* outOfShape(object, `${at}.name`, 'the variable', name, variableName);
    if (!valueFrom) continue;
    yield* inReferences(object, `${at}.valueFrom`, valueFrom);
    const sources = held(valueFrom, ofVariable);
    if (value)
      yield refused(
        object,
        `${at}.valueFrom`,
        `variable ${name} of ${container} has a value and valueFrom, and may have one`,
      );
    else
      yield* exactlyOne(
        object,
        `${at}.valueFrom`,
        `variable ${name} of ${container}`,
        sources,
        ofVariable.slice(0, 4),
      );
  }
  for (const [index, entry] of (spec.envFrom ?? []).entries()) {
    const at = `${path}.envFrom[${index}]`;
    yield* exactlyOne(object, at, `envFrom of ${container}`, held(entry, ofVariables), ofVariables);
    yield* inReferences(object, at, entry);
    if (entry.prefix) yield* outOfShape(object, `${at}.prefix`, 'the prefix', entry.prefix, variableName);
  }
}

/** A variable is put together in a way that the API server does not take. */
export const sourceRefused: Rule = {
  id: 'source-refused',
  severity: 'error',
  family: 'api server',
  title: 'a variable has no source, several, or one that cannot be',
  *check({ model }) {
    for (const { object, containers } of model.workloads) {
      for (const container of containers) yield* inContainer(object, container);
    }
  },
};
