import type { Address } from '../addresses.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Choice } from '../systems.ts';
import { findService, isNodePort, reached } from '../ways-in.ts';

/** One `kubectl port-forward`, which runs until it is ended. */
export interface Forward {
  /** `lambda/lambda-pgadmin` */
  readonly name: string;
  readonly localPort: number;
  readonly about: string;
  readonly argv: readonly [string, ...string[]];
}

/** The forwards of the chosen systems: all that the table gives a port for, and the NodePorts that do not answer by themselves. */
export function forwards(cluster: Cluster, choice: Choice, addresses: readonly Address[]): Forward[] {
  return choice.systems.flatMap(({ name, objects, namespaces: [namespace = name] }) =>
    addresses.flatMap((row): Forward[] => {
      if (row.system !== name) return [];
      const service = findService(objects, row.service);
      if (service === undefined) return [];
      const answers =
        cluster.host.kind !== 'minikube' && reached(cluster, row, isNodePort(service)) !== undefined;
      const localPort = row.forward ?? (answers ? undefined : row.host);
      if (localPort === undefined) return [];
      return [
        {
          name: `${name}/${row.service}`,
          localPort,
          about: row.about,
          argv: [
            'kubectl',
            '--context',
            cluster.context,
            'port-forward',
            '--namespace',
            service.metadata.namespace ?? namespace,
            `service/${row.service}`,
            `${localPort}:${row.port}`,
          ],
        },
      ];
    }),
  );
}
