import { outOfShape, refused } from '../api-server/refused.ts';
import { type Requirement, wrongRequirement } from '../api-server/requirement.ts';
import { labelKey, labelValue } from '../api-server/shapes.ts';
import { groupOf } from '../model/model.ts';
import { joinPath } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Problem, Rule } from './rule.ts';

type Pairs = Readonly<Record<string, unknown>>;

/** The most that the keys and values of an object's annotations may take together, in bytes. */
const mostOfAnnotations = 256 * 1024;

function* inLabels(object: KubernetesObject, path: string, labels: Pairs = {}): Iterable<Problem> {
  for (const [key, value] of Object.entries(labels)) {
    if (labelKey(key) === undefined && (typeof value !== 'string' || labelValue(value) === undefined))
      continue;
    const at = `${path}["${key}"]`;
    yield* outOfShape(object, at, 'the label', key, labelKey);
    yield* outOfShape(object, at, `the value of ${key},`, value, labelValue);
  }
}

function* inAnnotations(object: KubernetesObject, path: string, annotations: Pairs = {}): Iterable<Problem> {
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) {
    const name = key.toLowerCase();
    if (labelKey(name) !== undefined)
      yield* outOfShape(object, `${path}["${key}"]`, 'the annotation', name, labelKey);
    size += Buffer.byteLength(key) + (typeof value === 'string' ? Buffer.byteLength(value) : 0);
  }
  if (size > mostOfAnnotations)
    yield refused(object, path, `the annotations take ${size} bytes and may take ${mostOfAnnotations}`);
}

function* inRequirements(
  object: KubernetesObject,
  path: string,
  requirements: readonly Requirement[],
): Iterable<Problem> {
  for (const [index, requirement] of requirements.entries()) {
    const at = `${path}[${index}]`;
    const wrong = wrongRequirement(
      requirement,
      path.includes('odeSelectorTerms') || path.includes('preference.'),
    );
    if (wrong !== undefined) yield refused(object, at, wrong);
    yield* outOfShape(object, `${at}.key`, 'the label', requirement.key, labelKey);
    for (const [position, value] of (requirement.values ?? []).entries())
      yield* outOfShape(object, `${at}.values[${position}]`, 'the value', value, labelValue);
  }
}

const without = new Set(['containers', 'initContainers', 'volumes']);

/** Tells the visitor of every selector below a value. */
function visitSelectors(
  path: string,
  value: object,
  visit: (path: string, key: string, selector: object) => void,
): void {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const item: unknown = value[index];
      if (typeof item === 'object' && item !== null) visitSelectors(`${path}[${index}]`, item, visit);
    }
    return;
  }
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    // Containers and volumes, most of a pod, hold none.
    if (typeof item !== 'object' || item === null || without.has(key)) continue;
    const at = joinPath(path, /^\w+$/.test(key) ? key : `["${key}"]`);
    if (selectors.has(key)) visit(at, key, item);
    else visitSelectors(at, item, visit);
  }
}

const selectors = new Set(['matchLabels', 'nodeSelector', 'matchExpressions']);

/** Everything below a spec that is a selector. */
function inSelectors(object: KubernetesObject): Problem[] {
  const problems: Problem[] = [];
  if (typeof object.spec !== 'object' || object.spec === null) return problems;
  visitSelectors('spec', object.spec, (path, key, selector) => {
    if (key !== 'matchExpressions') problems.push(...inLabels(object, path, selector as Pairs));
    else if (Array.isArray(selector)) problems.push(...inRequirements(object, path, selector));
  });
  return problems;
}

/** Kinds of Kubernetes' own whose selectors the API server reads. */
const withSelectors = new Set([
  '',
  'apps',
  'batch',
  'autoscaling',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
]);

/** A label, an annotation or a selector is not in the shape that the API server asks. */
export const labelRefused: Rule = {
  id: 'label-refused',
  severity: 'error',
  family: 'api server',
  title: 'a label, an annotation or a selector is not in the shape that the API server asks of it',
  *check({ model }) {
    for (const object of model.objects) {
      yield* inLabels(object, 'metadata.labels', object.metadata.labels);
      yield* inAnnotations(object, 'metadata.annotations', object.metadata.annotations);
      if (withSelectors.has(groupOf(object)) && !['ConfigMap', 'Secret'].includes(object.kind))
        yield* inSelectors(object);
    }
    for (const { object, templatePath } of model.workloads) {
      if (templatePath === '') continue;
      let template: unknown = object;
      for (const step of templatePath.split('.')) template = (template as Pairs | undefined)?.[step];
      const { labels, annotations } = ((template as Pairs | undefined)?.metadata ?? {}) as {
        readonly labels?: Pairs;
        readonly annotations?: Pairs;
      };
      yield* inLabels(object, `${templatePath}.metadata.labels`, labels);
      yield* inAnnotations(object, `${templatePath}.metadata.annotations`, annotations);
    }
    for (const { object, typed } of model.services)
      yield* inLabels(object, 'spec.selector', typed.spec?.selector ?? {});
  },
};
