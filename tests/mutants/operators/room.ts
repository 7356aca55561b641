import { anyEnd, kind, mistyped, server, workload } from '../choose.ts';
import { edit, inContainers, type Operator } from '../mutant.ts';

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
    id: 'ingress class mistyped',
    family: 'room',
    expects: ['not-offered'],
    mutate: (objects) => edit(objects, kind('Ingress'), ['spec.ingressClassName'], mistyped),
  },
];
