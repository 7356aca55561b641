import { mistyped, server, workload } from '../choose.ts';
import { edit, inContainers, type Operator } from '../mutant.ts';

/** Defects of the family probes. */
export const probes: readonly Operator[] = [
  {
    id: 'probe port moved',
    family: 'probes',
    expects: ['probe-port-missing'],
    mutate: (objects) =>
      edit(
        objects,
        workload,
        inContainers(
          ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) => [
            `${probe}.httpGet.port`,
            `${probe}.tcpSocket.port`,
          ]),
        ),
        (value) => (typeof value === 'number' ? value + 1 : mistyped(value)),
      ),
  },
  {
    id: 'grace shorter than preStop',
    family: 'probes',
    expects: ['grace-too-short'],
    mutate: (objects) => edit(objects, server, inContainers('lifecycle.preStop.sleep.seconds'), () => 3600),
  },
];
