import { anyEnd, kind, mistyped, server, workload } from '../choose.ts';
import { type Data, edit, inContainers, type Operator } from '../mutant.ts';

/** Defects of the family room. */
export const room: readonly Operator[] = [
  {
    id: 'request above its limit',
    family: 'room',
    expects: ['requests-above-limits'],
    mutate: (objects) =>
      edit(objects, workload, inContainers('resources.requests.*'), (_value, _object, place) =>
        place.key === 'cpu' ? '7' : '15Gi',
      ),
  },
  {
    id: 'pods too large for a node',
    family: 'room',
    expects: ['room', 'pod-fits-no-node'],
    mutate: (objects) =>
      edit(
        objects,
        server,
        ['spec.template.spec.containers.*.resources'],
        () => ({
          requests: { cpu: '90', memory: '500Gi' },
          limits: { cpu: '90', memory: '500Gi' },
        }),
        anyEnd(objects),
      ),
  },
  {
    id: 'storage class mistyped',
    family: 'room',
    expects: ['not-offered'],
    mutate: (objects) =>
      edit(
        objects,
        kind('PersistentVolumeClaim', 'StatefulSet'),
        ['spec.storageClassName', 'spec.volumeClaimTemplates.*.spec.storageClassName'],
        mistyped,
      ),
  },
  {
    id: "storage class of a pod's own volume mistyped",
    family: 'room',
    expects: ['not-offered'],
    mutate: (objects) =>
      edit(objects, server, ['spec.template.spec.volumes.*.emptyDir'], (_value, _object, { parent }) => {
        const volume = parent as Data;
        volume.ephemeral = {
          volumeClaimTemplate: {
            spec: {
              accessModes: ['ReadWriteOnce'],
              storageClassName: 'no-such-class',
              resources: { requests: { storage: '1Gi' } },
            },
          },
        };
        return undefined;
      }),
  },
  {
    id: 'quota below what is wanted',
    family: 'room',
    expects: ['quota-exceeded'],
    mutate: (objects) => edit(objects, kind('ResourceQuota'), ['spec.hard.*'], () => '0'),
  },
  {
    id: 'quota that containers do not name',
    family: 'room',
    expects: ['quota-exceeded'],
    mutate: (objects) => {
      const without = objects.filter(({ kind }) => kind !== 'LimitRange');
      return edit(without, workload, inContainers('resources.limits.memory'), () => undefined);
    },
  },
  {
    id: 'largest limit below what is set',
    family: 'room',
    expects: ['limits-out-of-range'],
    mutate: (objects) =>
      edit(
        objects,
        kind('LimitRange'),
        ['spec.limits.*.max.*'],
        (_value, _object, { key }) => (key === 'cpu' ? '1m' : '1Mi'),
        anyEnd(objects),
      ),
  },
  {
    id: 'ingress class mistyped',
    family: 'room',
    expects: ['not-offered'],
    mutate: (objects) => edit(objects, kind('Ingress'), ['spec.ingressClassName'], mistyped),
  },
];
