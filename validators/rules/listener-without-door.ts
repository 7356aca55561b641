import { isLoopback, type KafkaServer, kafkaServers, type Listener } from '../graph/kafka.ts';
import { targetPort } from '../graph/ports.ts';
import { resolveHost } from '../graph/resolve.ts';
import type { Service, ServicePort } from '../model/kubernetes.ts';
import type { Model, Typed } from '../model/model.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Context, Problem, Rule } from './rule.ts';

/** A way from outside to a listener: a port of a Service that the nodes, or a load balancer, open. */
interface Door {
  readonly service: Typed<Service>;
  readonly port: ServicePort;
}

/** What leads to pods by ways that no Service shows. */
const otherWays: readonly (readonly [string, string])[] = [
  ['traefik.io', 'IngressRouteTCP'],
  ['gateway.networking.k8s.io', 'TCPRoute'],
  ['gateway.networking.k8s.io', 'TLSRoute'],
  ['networking.istio.io', 'VirtualService'],
  ['configuration.konghq.com', 'TCPIngress'],
];

/** The doors to a port of a server's pods. */
function doorsTo(model: Model, { workload }: KafkaServer, number: number): Door[] {
  return model.services.flatMap((service) => {
    const { type = 'ClusterIP', ports = [], externalIPs = [] } = service.typed.spec ?? {};
    const opens = type === 'NodePort' || type === 'LoadBalancer' || externalIPs.length > 0;
    if (!opens || service.namespace !== workload.namespace || !model.behind(service).includes(workload))
      return [];
    return ports.filter((port) => targetPort(port, workload) === number).map((port) => ({ service, port }));
  });
}

/** A host that differs from pod to pod, for the first of them. */
const ofFirst = (host: string) => host.replaceAll(/\$\([^)]*\)|\$\{[^}]*\}|\$\w+/g, '0');

/** The name of a host, with what only the pod knows standing for any word. */
function pattern(host: string): RegExp {
  const parts = host.split(/\$\([^)]*\)|\$\{[^}]*\}|\$\w+/);
  return new RegExp(
    `^${parts.map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)).join('[\\w-]+')}$`,
    'i',
  );
}

/** The public names that are made for load balancers, by whoever runs external-dns. */
function namesOf(doors: readonly Door[]): string[] {
  return doors.flatMap(({ service }) =>
    (service.object.metadata.annotations?.['external-dns.alpha.kubernetes.io/hostname'] ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  );
}

const describe = ({ service, port }: Door) => {
  const { name } = service;
  return port.nodePort
    ? `Service ${name} opens ${port.nodePort} on the nodes`
    : `Service ${name} opens ${port.port}`;
};

/** Why nobody outside gets to a listener by the address that is announced; undefined where somebody does, or may. */
function wrong(
  { model, environment }: Context,
  server: KafkaServer,
  { name, host, port }: Listener,
): Pick<Problem, 'message' | 'severity'> | undefined {
  const bound = server.listeners?.find((one) => one.name === name);
  if (port === undefined || bound?.port === undefined || isLoopback(bound.host)) return undefined;
  const { workload, container } = server;
  if (workload.pod.hostNetwork === true) return undefined;
  if ((container.spec.ports ?? []).some(({ hostPort }) => hostPort !== undefined && hostPort > 0))
    return undefined;
  const doors = doorsTo(model, server, bound.port);
  const { from, to } = environment?.nodePorts ?? { from: 30_000, to: 32_767 };
  const there = doors.map(describe).join(', ');
  if (port >= from && port <= to) {
    // Which node port the API server chooses is not known here.
    if (doors.some((door) => door.port.nodePort === port || door.port.port === port)) return undefined;
    if (doors.some((door) => !door.port.nodePort && door.service.typed.spec?.type === 'NodePort'))
      return undefined;
    if (doors.length > 0) return { message: `and ${there}: nobody would be led there` };
    return {
      message: 'and no Service opens a port of the nodes for it: nobody would be led there',
      // Of a target that says nothing of its cluster, another may hold the Service.
      severity: environment === undefined ? 'warning' : 'error',
    };
  }
  // Whoever announces his own machine forwards a port to it.
  if (isLoopback(ofFirst(host))) return undefined;
  const balanced = doors.filter(
    ({ service }) =>
      service.typed.spec?.type === 'LoadBalancer' || service.typed.spec?.externalIPs !== undefined,
  );
  if (balanced.length === 0) {
    if (otherWays.some(([group, kind]) => model.all(group, kind).length > 0)) return undefined;
    return {
      message: `and ${there === '' ? 'no Service opens it to the outside' : there}: nobody would be led there, unless something beside these manifests does`,
      severity: 'warning',
    };
  }
  if (!balanced.some((door) => door.port.port === port))
    return { message: `and ${balanced.map(describe).join(', ')}: nobody would be led there` };
  const names = namesOf(balanced);
  if (names.length === 0 || names.some((one) => pattern(host).test(one))) return undefined;
  return {
    message: `and the names of its Services are ${names.join(', ')}${didYouMean(ofFirst(host), names)}: clients would be sent to a name that nobody makes`,
  };
}

/** A broker announces an address to clients outside, and nothing leads from there to it. */
export const listenerWithoutDoor: Rule = {
  id: 'listener-without-door',
  severity: 'error',
  family: 'data systems',
  title: 'a broker announces an address to clients outside, and nothing leads from there to it',
  *check(context) {
    const { model } = context;
    for (const server of kafkaServers(model)) {
      const option = server.settings.get('advertised.listeners');
      if (option === undefined || !server.roles.broker) continue;
      for (const listener of server.advertised ?? []) {
        const { name, host, port } = listener;
        // A broker refuses these by itself.
        if (host === '' || host === '0.0.0.0') continue;
        const { to } = resolveHost(model, server.workload.namespace, ofFirst(host));
        if (to !== 'outside' && to !== 'itself') continue;
        const found = wrong(context, server, listener);
        if (found === undefined) continue;
        yield {
          object: option.object,
          path: option.path,
          ...found,
          message: `${option.by} announces ${name} as ${host}:${port} to clients outside, ${found.message}`,
        };
      }
    }
  },
};
