import { outOfShape, refused } from '../api-server/refused.ts';
import {
  dnsLabel,
  dnsSubdomain,
  pathSegment,
  portName,
  type Shape,
  serviceName,
} from '../api-server/shapes.ts';
import { groupOf } from '../model/model.ts';
import { joinPath, type Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Problem, Rule } from './rule.ts';

/** What the name of an object may be, by its group and kind. Source: k8s.io/kubernetes, `pkg/apis/<group>/validation`. */
function nameOfKind(group: string, kind: string): Shape {
  // Of a budget's name, the API server asks no more than that a URL can hold it.
  if (group === 'rbac.authorization.k8s.io' || kind === 'PodDisruptionBudget') return pathSegment;
  switch (`${group}/${kind}`) {
    case '/Service':
      return serviceName;
    case '/Namespace':
    case 'apps/StatefulSet':
      return dnsLabel;
    default:
      return dnsSubdomain;
  }
}

/** The longest names of kinds whose controllers make other names out of them. */
const longest: Readonly<Record<string, { readonly most: number; readonly why: string }>> = {
  'batch/CronJob': { most: 52, why: 'each run adds eleven characters' },
  'batch/Job': { most: 63, why: 'its pods carry it as a label' },
};

function* ofObject(object: KubernetesObject): Iterable<Problem> {
  const { name, namespace } = object.metadata;
  const group = groupOf(object);
  // APIs that OpenShift serves beside custom resources have names of their own.
  if (group.endsWith('.openshift.io')) return;
  yield* outOfShape(object, 'metadata.name', 'the name', name, nameOfKind(group, object.kind));
  if (namespace) yield* outOfShape(object, 'metadata.namespace', 'the namespace', namespace, dnsLabel);
  const limit = longest[`${group}/${object.kind}`];
  if (limit === undefined || name.length <= limit.most) return;
  const what = `the name ${name} has ${name.length} characters and may have ${limit.most}, since ${limit.why}`;
  yield refused(object, 'metadata.name', what);
}

function* inPod({ object, pod, templatePath, containers }: Workload): Iterable<Problem> {
  for (const { name, spec, path } of containers) {
    yield* outOfShape(object, `${path}.name`, 'the container', name, dnsLabel);
    for (const [index, port] of (spec.ports ?? []).entries()) {
      const at = `${path}.ports[${index}].name`;
      if (port.name !== '') yield* outOfShape(object, at, 'the port', port.name, portName);
    }
  }
  const spec = joinPath(templatePath, 'spec');
  for (const [index, { name }] of (pod.volumes ?? []).entries())
    yield* outOfShape(object, `${spec}.volumes[${index}].name`, 'the volume', name, dnsLabel);
  // A StatefulSet's controller writes both itself.
  for (const field of object.kind === 'StatefulSet' ? [] : (['hostname', 'subdomain'] as const)) {
    const name = pod[field];
    if (name) yield* outOfShape(object, `${spec}.${field}`, `the ${field}`, name, dnsLabel);
  }
}

/** An object, or something in it, has a name that the API server does not take. */
export const nameRefused: Rule = {
  id: 'name-refused',
  severity: 'error',
  family: 'api server',
  title: 'a name is not in the shape that the API server asks of it',
  *check({ model }) {
    for (const object of model.objects) yield* ofObject(object);
    for (const workload of model.workloads) yield* inPod(workload);
    for (const { object, typed } of model.services) {
      for (const [index, { name }] of (typed.spec?.ports ?? []).entries())
        if (name) yield* outOfShape(object, `spec.ports[${index}].name`, 'the port', name, dnsLabel);
    }
    for (const object of model.all('apps', 'StatefulSet')) {
      const name = (object.spec as { readonly serviceName?: string } | undefined)?.serviceName;
      if (name) yield* outOfShape(object, 'spec.serviceName', 'the Service', name, dnsLabel);
    }
  },
};
