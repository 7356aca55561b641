import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';
import { optionsOf } from './options.ts';
import { declaredPorts } from './ports.ts';

/** A connection that a data system makes among its own processes, and that no address tells. */
export interface PeerFlow {
  readonly from: Workload;
  readonly to: Workload;
  readonly port: number;
  readonly container: Container;
  /** What says so, for the finding. */
  readonly by: string;
}

/** The one main container of a workload whose image has a name. */
function mainContainer(workload: Workload, image: RegExp): Container | undefined {
  return workload.containers.find(({ role, spec }) => role === 'main' && image.test(spec.image ?? ''));
}

/**
 * What distributed systems say to themselves: Cassandra's ring by gossip, Flink's processes by the ports that its
 * configuration pins, Kafka's brokers by the port that clients use.
 */
export function peerFlows(model: Model): PeerFlow[] {
  return [...cassandra(model), ...flink(model)];
}

function* cassandra(model: Model): Iterable<PeerFlow> {
  for (const workload of model.workloads) {
    const container = mainContainer(workload, /(?:^|\/)cassandra(?::|@|$)/);
    if (container === undefined || !workload.serves || workload.replicas.max < 2) continue;
    const gossip = declaredPorts(workload).find(({ number }) => number === 7000 || number === 7001);
    if (gossip === undefined) continue;
    yield { from: workload, to: workload, port: gossip.number, container, by: "Cassandra's ring" };
  }
}

/**
 * Source: nightlies.apache.org/flink/flink-docs-release-1.20/docs/deployment/config, "Hosts and Ports".
 */
function* flink(model: Model): Iterable<PeerFlow> {
  const processes = model.workloads.flatMap((workload) => {
    const container = workload.containers.find(({ role }) => role === 'main');
    if (container === undefined || !workload.serves) return [];
    const options = new Map(optionsOf(model, workload, container).map(({ key, value }) => [key, value]));
    const command = [...(container.spec.command ?? []), ...(container.spec.args ?? [])].join(' ');
    const role = /taskmanager/.test(command)
      ? 'taskmanager'
      : /jobmanager|standalone-job/.test(command)
        ? 'jobmanager'
        : undefined;
    return role === undefined ? [] : [{ workload, container, options, role }];
  });
  const ports: readonly (readonly ['jobmanager' | 'taskmanager', 'jobmanager' | 'taskmanager', string])[] = [
    ['taskmanager', 'jobmanager', 'jobmanager.rpc.port'],
    ['taskmanager', 'jobmanager', 'blob.server.port'],
    ['jobmanager', 'taskmanager', 'taskmanager.rpc.port'],
    ['jobmanager', 'taskmanager', 'metrics.internal.query-service.port'],
    ['taskmanager', 'taskmanager', 'taskmanager.data.port'],
  ];
  for (const [from, to, key] of ports) {
    for (const client of processes.filter(({ role }) => role === from)) {
      for (const server of processes.filter(
        ({ role, workload }) => role === to && workload.namespace === client.workload.namespace,
      )) {
        const port = Number(server.options.get(key));
        if (!Number.isInteger(port) || port <= 0) continue;
        yield { from: client.workload, to: server.workload, port, container: client.container, by: key };
      }
    }
  }
}
