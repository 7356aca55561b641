import { workload } from '../choose.ts';
import { type Data, edit, inContainers, inPods, type Operator } from '../mutant.ts';

/** Defects of the family security. */
export const security: readonly Operator[] = [
  {
    id: 'pod runs as root',
    family: 'security',
    expects: ['pod-security'],
    mutate: (objects) => edit(objects, workload, inPods('securityContext.runAsUser'), () => 0),
  },
  {
    id: 'runAsNonRoot left out',
    family: 'security',
    expects: ['pod-security'],
    mutate: (objects) => edit(objects, workload, inPods('securityContext.runAsNonRoot'), () => undefined),
  },
  {
    id: 'seccomp left out',
    family: 'security',
    expects: ['pod-security'],
    mutate: (objects) => edit(objects, workload, inPods('securityContext.seccompProfile'), () => undefined),
  },
  {
    id: 'container security left out',
    family: 'security',
    expects: ['pod-security'],
    mutate: (objects) => edit(objects, workload, inContainers('securityContext'), () => undefined),
  },
  {
    id: 'path of the node mounted',
    family: 'security',
    expects: ['pod-security'],
    mutate: (objects) =>
      edit(objects, workload, inPods('volumes.*'), (value) => ({
        name: (value as Data).name,
        hostPath: { path: '/var/lib' },
      })),
  },
];
