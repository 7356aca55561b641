import { refused } from '../api-server/refused.ts';
import { labelKey } from '../api-server/shapes.ts';
import { joinPath, type Workload } from '../model/workload.ts';
import { readQuantity } from '../room/quantity.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

interface FieldRef {
  readonly apiVersion?: string | undefined;
  readonly fieldPath?: string | undefined;
}

interface ResourceRef {
  readonly containerName?: string | undefined;
  readonly resource?: string | undefined;
  readonly divisor?: unknown;
}

/**
 * The fields that the API server lets a pod read of itself.
 * Source: k8s.io/kubernetes, `pkg/apis/core/validation/validation.go` and `pkg/apis/core/pods/helpers.go`.
 */
const ofVariables = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const ofFiles = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'metadata.labels',
  'metadata.annotations',
];

const amounts = ['cpu', 'memory', 'ephemeral-storage'];
const ofContainers = ['limits', 'requests'].flatMap((which) => amounts.map((name) => `${which}.${name}`));

/** What is wrong with the path of a field; undefined where the API server can read it. */
function wrongPath(path: string, fields: readonly string[]): string | undefined {
  const [, field = '', key] = /^([^[]+)(?:\['(.*)'\])?$/s.exec(path) ?? [];
  if (key !== undefined) {
    if (field !== 'metadata.labels' && field !== 'metadata.annotations')
      return `${path} names a key of ${field}, and only labels and annotations have keys to read`;
    const wrong = labelKey(field === 'metadata.annotations' ? key.toLowerCase() : key);
    return wrong === undefined ? undefined : `${path} names a key that cannot be: it ${wrong}`;
  }
  // The name that the field had before Kubernetes 1.0 is still taken.
  if (fields.includes(path) || (path === 'spec.host' && fields.includes('spec.nodeName'))) return undefined;
  const [, map, rest = ''] = /^(metadata\.(?:labels|annotations))[.[]["']?(.+?)["']?\]?$/.exec(path) ?? [];
  if (path === 'metadata.labels' || path === 'metadata.annotations')
    return `a variable cannot hold all of ${path}, but one of them, as "${path}['key']"`;
  const meant =
    map === undefined ? didYouMean(path, fields) : ` (one of them is read by "${map}['${rest}']")`;
  return `a pod cannot read its field ${path}${meant}; it can read ${fields.join(', ')}`;
}

/** Sizes by which an amount may be divided, as numbers of cores or bytes. */
const sizes = new Set(
  [10 ** 3, 2 ** 10].flatMap((step) => [0, 1, 2, 3, 4, 5, 6].map((power) => step ** power)),
);

function wrongDivisor({ resource = '', divisor }: ResourceRef): string | undefined {
  const size = divisor === undefined ? 0 : readQuantity(divisor);
  if (size === undefined || size === 0) return undefined;
  const right = resource.endsWith('.cpu') ? size === 1 || size === 1e-3 : sizes.has(size);
  return right
    ? undefined
    : `${resource} cannot be divided by ${divisor}, but by ${resource.endsWith('.cpu') ? '1 or 1m' : '1, 1Ki, 1Mi, 1Gi and their likes'}`;
}

interface Place {
  readonly workload: Workload;
  readonly path: string;
  /** Files are read by the kubelet for a pod, variables for a container. */
  readonly file: boolean;
}

function* ofField(ref: FieldRef, { workload: { object }, path, file }: Place): Iterable<Problem> {
  const at = `${path}.fieldRef`;
  const { fieldPath } = ref;
  const apiVersion = ref.apiVersion || 'v1';
  if (apiVersion !== 'v1')
    yield refused(object, `${at}.apiVersion`, `pods are read as v1, not ${apiVersion}`);
  if (fieldPath === undefined) return;
  const wrong = wrongPath(fieldPath, file ? ofFiles : ofVariables);
  if (wrong !== undefined) yield refused(object, `${at}.fieldPath`, wrong);
}

function* ofResource(ref: ResourceRef, { workload, path, file }: Place): Iterable<Problem> {
  const { object, containers } = workload;
  const at = `${path}.resourceFieldRef`;
  const { containerName, resource = '' } = ref;
  if (!ofContainers.includes(resource) && !/^(?:limits|requests)\.hugepages-/.test(resource)) {
    const meant = didYouMean(resource, ofContainers);
    yield refused(object, `${at}.resource`, `a container has no amount ${resource}${meant}`);
  }
  if (containerName === undefined || containerName === '') {
    if (file) yield refused(object, at, 'a file with an amount must name the container that it is of');
  } else if (!containers.some(({ name }) => name === containerName)) {
    const meant = didYouMean(
      containerName,
      containers.map(({ name }) => name),
    );
    yield {
      object,
      path: `${at}.containerName`,
      message: `the pod has no container ${containerName}${meant}: its containers would not start`,
    };
  }
  const divisor = wrongDivisor(ref);
  if (divisor !== undefined) yield refused(object, `${at}.divisor`, divisor);
}

interface Refs {
  readonly fieldRef?: FieldRef | undefined;
  readonly resourceFieldRef?: ResourceRef | undefined;
}

/** Every place of a workload that reads the pod's own fields. */
function* places(workload: Workload): Iterable<{ readonly refs: Refs; readonly place: Place }> {
  for (const { spec, path } of workload.containers) {
    for (const [index, { valueFrom }] of (spec.env ?? []).entries()) {
      const place = { workload, path: `${path}.env[${index}].valueFrom`, file: false };
      if (valueFrom) yield { refs: valueFrom, place };
    }
  }
  for (const [index, volume] of (workload.pod.volumes ?? []).entries()) {
    const path = joinPath(workload.templatePath, `spec.volumes[${index}]`);
    const lists = [
      { items: volume.downwardAPI?.items ?? [], path: `${path}.downwardAPI` },
      ...(volume.projected?.sources ?? []).map(({ downwardAPI }, source) => ({
        items: downwardAPI?.items ?? [],
        path: `${path}.projected.sources[${source}].downwardAPI`,
      })),
    ];
    for (const { items, path: list } of lists) {
      for (const [item, refs] of items.entries())
        yield { refs, place: { workload, path: `${list}.items[${item}]`, file: true } };
    }
  }
}

/** A pod reads a field of itself that the API server does not give. */
export const fieldPathUnknown: Rule = {
  id: 'field-path-unknown',
  severity: 'error',
  family: 'api server',
  title: 'a variable or file is filled from a field that a pod cannot read of itself',
  *check({ model }) {
    for (const workload of model.workloads) {
      for (const { refs, place } of places(workload)) {
        if (refs.fieldRef) yield* ofField(refs.fieldRef, place);
        if (refs.resourceFieldRef) yield* ofResource(refs.resourceFieldRef, place);
      }
    }
  },
};
