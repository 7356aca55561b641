import { kind, mistyped, workload } from '../choose.ts';
import { type Data, edit, end, inPods, type Operator } from '../mutant.ts';

/** Names of what the autoscalers scale. */
function scaledBy(objects: Parameters<Operator['mutate']>[0]): string[] {
  return objects
    .filter(kind('HorizontalPodAutoscaler'))
    .map(({ spec }) => (spec as { scaleTargetRef: { name: string } }).scaleTargetRef.name);
}

/** Defects of the family scaling. */
export const scaling: readonly Operator[] = [
  {
    id: 'scale target mistyped',
    family: 'scaling',
    expects: ['scale-target-missing'],
    mutate: (objects) =>
      edit(objects, kind('HorizontalPodAutoscaler'), ['spec.scaleTargetRef.name'], mistyped),
  },
  {
    id: 'kind of a scale target mistyped',
    family: 'scaling',
    expects: ['scale-target-missing'],
    mutate: (objects) =>
      edit(objects, kind('HorizontalPodAutoscaler'), ['spec.scaleTargetRef.kind'], mistyped),
  },
  {
    id: 'label of nodes mistyped',
    family: 'scaling',
    expects: ['node-label-unknown'],
    mutate: (objects) =>
      edit(
        objects,
        workload,
        inPods(
          'topologySpreadConstraints.*.topologyKey',
          'affinity.podAntiAffinity.*.*.topologyKey',
          'affinity.podAntiAffinity.*.*.podAffinityTerm.topologyKey',
        ),
        mistyped,
      ),
  },
  {
    id: 'least above most',
    family: 'scaling',
    expects: ['scale-bounds'],
    mutate: (objects) => edit(objects, kind('HorizontalPodAutoscaler'), ['spec.minReplicas'], () => 99),
  },
  {
    id: 'replicas under an autoscaler',
    family: 'scaling',
    expects: ['replicas-under-autoscaler'],
    mutate: (objects) => {
      const scaled = scaledBy(objects);
      return edit(
        objects,
        (object) => object.kind === 'Deployment' && scaled.includes(object.metadata.name),
        ['spec'],
        (spec) => ({
          ...(spec as Data),
          replicas: 2,
        }),
      );
    },
  },
  {
    id: 'scaled container without requests',
    family: 'scaling',
    expects: ['scale-metric-without-request', 'request-missing'],
    mutate: (objects) => {
      const scaled = scaledBy(objects);
      return edit(
        objects,
        (object) => object.kind === 'Deployment' && scaled.includes(object.metadata.name),
        ['spec.template.spec.containers.*.resources'],
        () => undefined,
        (_value, object) => objects.filter(kind('HorizontalPodAutoscaler')).map(end).concat(end(object)),
      );
    },
  },
  {
    id: 'budget selector mistyped',
    family: 'scaling',
    expects: ['budget-selects-nothing'],
    mutate: (objects) =>
      edit(objects, kind('PodDisruptionBudget'), ['spec.selector.matchLabels.*'], mistyped),
  },
  {
    id: 'budget that blocks',
    family: 'scaling',
    expects: ['budget-blocks-drain'],
    mutate: (objects) => edit(objects, kind('PodDisruptionBudget'), ['spec.maxUnavailable'], () => 0),
  },
  {
    id: 'metric of an object that is not there',
    family: 'scaling',
    expects: ['scale-object-missing'],
    mutate: (objects) =>
      edit(objects, kind('HorizontalPodAutoscaler'), ['spec.metrics'], () => [
        {
          type: 'Object',
          object: {
            describedObject: { apiVersion: 'v1', kind: 'Service', name: 'no-such-service' },
            metric: { name: 'requests' },
            target: { type: 'Value', value: '10' },
          },
        },
      ]),
  },
  {
    id: 'container whose share is measured mistyped',
    family: 'scaling',
    expects: ['scale-metric-without-request'],
    mutate: (objects) =>
      edit(objects, kind('HorizontalPodAutoscaler'), ['spec.metrics'], () => [
        {
          type: 'ContainerResource',
          containerResource: {
            container: 'no-such-container',
            name: 'memory',
            target: { type: 'AverageValue', averageValue: '100Mi' },
          },
        },
      ]),
  },
  {
    id: 'spread over pods that there are none of',
    family: 'scaling',
    expects: ['spread-selects-nothing'],
    mutate: (objects) =>
      edit(
        objects,
        workload,
        inPods(
          'topologySpreadConstraints.*.labelSelector.matchLabels.*',
          'affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution.*.labelSelector.matchLabels.*',
        ),
        mistyped,
      ),
  },
];
