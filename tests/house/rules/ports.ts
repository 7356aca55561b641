import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { IProbe } from 'kubernetes-models/v1/Probe';
import type { IService } from 'kubernetes-models/v1/Service';
import { containers, selectedBy, workloads } from '../objects.ts';
import { type HouseRule, type Violation, violation } from '../violation.ts';

/** Every port of a container has a name, and no two of a pod have the same one. */
export const containerPortsHaveNames: HouseRule = ({ objects }) =>
  workloads(objects).flatMap((workload) => {
    const seen = new Set<string>();
    return containers(workload).flatMap(({ container, path }) =>
      (container.ports ?? []).flatMap((port, index): Violation[] => {
        const where = `${path}.ports[${index}]`;
        if (port.name === undefined) return [violation(workload.object, where, 'the port has no name')];
        if (seen.has(port.name)) {
          return [violation(workload.object, where, `another port of the pod is named ${port.name}`)];
        }
        seen.add(port.name);
        return [];
      }),
    );
  });

/** Probes name the port that they ask, and the container has it. */
export const probesNamePorts: HouseRule = ({ objects }) =>
  workloads(objects).flatMap((workload) =>
    containers(workload).flatMap(({ container, path }) => {
      const names = new Set((container.ports ?? []).map(({ name }) => name));
      return (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((which) => {
        const port = askedPort(container[which]);
        if (port === undefined || (typeof port === 'string' && names.has(port))) return [];
        return [
          violation(workload.object, `${path}.${which}`, `${port} is no name of the container's ports`),
        ];
      });
    }),
  );

function askedPort(probe: IProbe | undefined): string | number | undefined {
  return (probe?.httpGet ?? probe?.tcpSocket)?.port;
}

/** A Service's ports have names, and lead to a port by its name that the pods behind it have. */
export const servicesNamePorts: HouseRule = ({ objects }) => {
  const all = workloads(objects);
  return objects
    .filter(({ kind }) => kind === 'Service')
    .flatMap((object) => {
      const { ports = [] } = (object as unknown as IService).spec ?? {};
      const behind = selectedBy(object, all);
      if (behind.length === 0)
        return [violation(object, 'spec.selector', 'it selects the pods of no workload')];
      return ports.flatMap((port, index): Violation[] => {
        const where = `spec.ports[${index}]`;
        if (port.name === undefined) return [violation(object, where, 'the port has no name')];
        const target = port.targetPort;
        if (typeof target !== 'string') {
          return [violation(object, `${where}.targetPort`, `${target ?? 'nothing'} is no name of a port`)];
        }
        return behind
          .filter((workload) =>
            containers(workload).every(({ container }) =>
              (container.ports ?? []).every(({ name }) => name !== target),
            ),
          )
          .map(({ object: { kind, metadata } }) =>
            violation(object, `${where}.targetPort`, `${kind} ${metadata.name} has no port named ${target}`),
          );
      });
    });
};

/** An Ingress leads to a Service that is there, by the name of one of its ports. */
export const ingressesNamePorts: HouseRule = ({ objects }) =>
  objects
    .filter(({ kind }) => kind === 'Ingress')
    .flatMap((object) =>
      ((object as unknown as IIngress).spec?.rules ?? []).flatMap((rule, i) =>
        (rule.http?.paths ?? []).flatMap(({ backend }, j): Violation[] => {
          const where = `spec.rules[${i}].http.paths[${j}].backend`;
          const service = objects.find(
            ({ kind, metadata }) =>
              kind === 'Service' &&
              metadata.name === backend.service?.name &&
              metadata.namespace === object.metadata.namespace,
          ) as unknown as IService | undefined;
          if (service === undefined) {
            return [violation(object, where, `there is no Service ${backend.service?.name}`)];
          }
          const name = backend.service?.port?.name;
          if (service.spec?.ports?.some((port) => port.name === name)) return [];
          return [violation(object, where, `${name ?? 'a number'} is no name of the Service's ports`)];
        }),
      ),
    );

/** No two Services of a target open the same port of every node. */
export const nodePortsDiffer: HouseRule = ({ objects }) => {
  const owners = new Map<number, string>();
  return objects
    .filter(({ kind }) => kind === 'Service')
    .flatMap((object) =>
      ((object as unknown as IService).spec?.ports ?? []).flatMap(({ nodePort }, index): Violation[] => {
        if (nodePort === undefined) return [];
        const owner = owners.get(nodePort);
        if (owner !== undefined) {
          return [violation(object, `spec.ports[${index}].nodePort`, `${nodePort} is ${owner}'s already`)];
        }
        owners.set(nodePort, object.metadata.name);
        return [];
      }),
    );
};
