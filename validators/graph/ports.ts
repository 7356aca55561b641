import type { Service, ServicePort } from '../model/kubernetes.ts';
import type { Model, Typed } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';

/** A port that a container says it listens on. */
export interface DeclaredPort {
  readonly container: Container;
  readonly name: string | undefined;
  readonly number: number;
  readonly protocol: string;
}

const declared = new WeakMap<Workload, readonly DeclaredPort[]>();

/** The ports that a workload's running containers declare. */
export function declaredPorts(workload: Workload): readonly DeclaredPort[] {
  let found = declared.get(workload);
  if (found === undefined) {
    found = readPorts(workload);
    declared.set(workload, found);
  }
  return found;
}

function readPorts(workload: Workload): DeclaredPort[] {
  return workload.containers
    .filter(({ role }) => role !== 'init')
    .flatMap((container) =>
      (container.spec.ports ?? []).map((port) => ({
        container,
        name: port.name,
        number: port.containerPort,
        protocol: port.protocol ?? 'TCP',
      })),
    );
}

/** The pod port that a Service's port leads to on a workload, or undefined when its name is not among the pod's. */
export function targetPort(port: ServicePort, workload: Workload): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  if (/^\d+$/.test(target)) return Number(target);
  const protocol = port.protocol ?? 'TCP';
  return declaredPorts(workload).find((one) => one.name === target && one.protocol === protocol)?.number;
}

/** True for a Service whose name leads straight to its pods. */
export function isHeadless(service: Typed<Service>): boolean {
  return service.typed.spec?.clusterIP === 'None';
}

/** The ports of a Service as people write them: `http 8080, metrics 9090`. */
export function describePorts(service: Typed<Service>): string {
  const ports = (service.typed.spec?.ports ?? []).map(({ name, port }) =>
    name ? `${name} ${port}` : String(port),
  );
  return ports.join(', ') || 'no port';
}

/** The pod ports that a Service opens, on every workload behind it. */
export function openedPorts(model: Model, service: Typed<Service>): number[] {
  const ports = service.typed.spec?.ports ?? [];
  return model
    .behind(service)
    .flatMap((workload) =>
      ports.map((port) => targetPort(port, workload)).filter((port) => port !== undefined),
    );
}
