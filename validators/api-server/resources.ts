import { nearest } from '../text/nearest.ts';
import { labelKey, type Shape } from './shapes.ts';

/**
 * Names of resources that need no owner's prefix, by where they may stand.
 * Source: k8s.io/kubernetes, `pkg/apis/core/helper/helpers.go`.
 */
const ofContainers = ['cpu', 'memory', 'ephemeral-storage'];
const ofQuotas = [
  ...ofContainers,
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
];

/** Resources that are counted, and never come in parts. */
const whole = new Set(ofQuotas.slice(ofQuotas.indexOf('pods')));

/** True for what has no owner's prefix, or Kubernetes' own. */
function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

/** True for a resource that may be requested at less than its limit. */
export function mayBeShared(name: string): boolean {
  return isNative(name) && !name.startsWith('hugepages-');
}

/** True for a resource of which there is no half. */
export function isWhole(name: string): boolean {
  return whole.has(name) || (!isNative(name) && !name.startsWith('requests.'));
}

function among(names: readonly string[], hugePages: RegExp, where: string): Shape {
  return (name) => {
    const wrong = labelKey(name);
    if (wrong !== undefined) return wrong;
    if (name.includes('/') || names.includes(name) || hugePages.test(name)) return undefined;
    const meant = nearest(name, names);
    const hint = meant === undefined ? '' : ` (did you mean "${meant}"?)`;
    return `is no resource of ${where}${hint}; one that is not Kubernetes' own has its owner's prefix`;
  };
}

/** What a container, or a LimitRange for containers, may name. */
export const containerResource: Shape = (name) => {
  const wrong = namedByContainers(name);
  if (wrong !== undefined || isNative(name)) return wrong;
  return name.startsWith('requests.') || labelKey(`requests.${name}`) !== undefined
    ? 'is no name for a resource of its own: "requests." before it must leave it a valid key'
    : undefined;
};
const namedByContainers = among(ofContainers, /^hugepages-/, 'a container');

/** What the resources of a whole pod may name. */
export const podResource: Shape = (name) =>
  ['cpu', 'memory'].includes(name) || name.startsWith('hugepages-')
    ? undefined
    : 'is no resource of a whole pod, which has cpu, memory and huge pages';

/** What a ResourceQuota may name. */
export const quotaResource = among(ofQuotas, /^(?:requests\.)?hugepages-/, 'a quota');

/** What a LimitRange for claims may name. */
export const anyResource = among([...ofQuotas, 'storage'], /^(?:requests\.)?hugepages-/, 'Kubernetes');
