import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';
import { optionsOf } from './options.ts';
import { declaredPorts } from './ports.ts';

/** A connection that a data system makes among its own processes, and that no address tells. */
export interface PeerFlow {
  readonly from: Workload;
  readonly to: Workload;
  /** Undefined where the server takes any free port. */
  readonly port: number | undefined;
  /** The container that listens. */
  readonly container: Container;
  /** The setting or the habit that says so, for the finding. */
  readonly by: string;
}

/**
 * What distributed systems say to themselves: rings and clusters by gossip, Flink's and Spark's processes by the ports that
 * their configuration pins, or by any where it pins none.
 */
export function peerFlows(model: Model): PeerFlow[] {
  return [...rings(model), ...flink(model), ...spark(model)];
}

/** Systems whose pods talk to each other on a port that they declare. */
const ringPorts: readonly (readonly [RegExp, readonly number[], string])[] = [
  [/(?:^|\/)(?:cassandra|scylla)(?::|@|$)/, [7000, 7001], "Cassandra's ring"],
  [/(?:^|\/)(?:elasticsearch|opensearch)(?::|@|$)/, [9300], "Elasticsearch's cluster"],
  [/(?:^|\/)rabbitmq(?::|@|$)/, [4369, 25672], "RabbitMQ's cluster"],
  [/(?:^|\/)cockroach(?:db)?(?::|@|$)/, [26257], "CockroachDB's cluster"],
];

function* rings(model: Model): Iterable<PeerFlow> {
  for (const workload of model.workloads) {
    if (!workload.serves || workload.replicas.max < 2) continue;
    for (const [image, ports, by] of ringPorts) {
      for (const { container, number } of declaredPorts(workload)) {
        if (container.role !== 'main' || !image.test(container.spec.image ?? '') || !ports.includes(number))
          continue;
        yield { from: workload, to: workload, port: number, container, by };
      }
    }
  }
}

/** A process of a system that has several kinds of them, with its settings. */
interface Process<Role> {
  readonly workload: Workload;
  readonly container: Container;
  readonly options: ReadonlyMap<string, string>;
  readonly role: Role;
}

function processes<Role>(
  model: Model,
  roleOf: (command: string, options: ReadonlyMap<string, string>) => Role | undefined,
): Process<Role>[] {
  return model.workloads.flatMap((workload) => {
    const container = workload.containers.find(({ role }) => role === 'main');
    if (container === undefined) return [];
    const options = new Map(optionsOf(model, workload, container).map(({ key, value }) => [key, value]));
    const command = [...(container.spec.command ?? []), ...(container.spec.args ?? [])].join(' ');
    const role = roleOf(command, options);
    return role === undefined ? [] : [{ workload, container, options, role }];
  });
}

/** The flows that a table of roles and ports makes: the port as the server's settings pin it, else what the system does by itself. */
function* between<Role>(
  all: readonly Process<Role>[],
  table: readonly (readonly [Role, Role, string, (server: Process<Role>) => number | 'random' | 'none'])[],
): Iterable<PeerFlow> {
  for (const [from, to, by, portOf] of table) {
    for (const client of all.filter(({ role }) => role === from)) {
      for (const server of all) {
        if (server.role !== to || server.workload.namespace !== client.workload.namespace) continue;
        if (server === client && server.workload.replicas.max < 2) continue;
        const port = portOf(server);
        if (port === 'none') continue;
        yield {
          from: client.workload,
          to: server.workload,
          port: port === 'random' ? undefined : port,
          container: server.container,
          by,
        };
      }
    }
  }
}

/** The port that one of the settings pins, the first that is there. */
function pinned(options: ReadonlyMap<string, string>, ...keys: string[]): number | undefined {
  for (const key of keys) {
    const port = Number(options.get(key));
    if (Number.isInteger(port) && port > 0 && port <= 65535) return port;
  }
  return undefined;
}

/**
 * Source: nightlies.apache.org/flink/flink-docs-release-1.20/docs/deployment/config, "Hosts and Ports".
 */
function flink(model: Model): Iterable<PeerFlow> {
  type Role = 'jobmanager' | 'taskmanager';
  const all = processes<Role>(model, (command) =>
    /taskmanager/.test(command)
      ? 'taskmanager'
      : /jobmanager|standalone-job/.test(command)
        ? 'jobmanager'
        : undefined,
  );
  // A range of ports is judged by nobody here.
  const port =
    (key: string, otherwise: number | 'random' | 'none') =>
    ({ options }: Process<Role>) =>
      pinned(options, key) ?? (/[-,]/.test(options.get(key) ?? '') ? 'none' : otherwise);
  return between<Role>(all, [
    ['taskmanager', 'jobmanager', 'jobmanager.rpc.port', port('jobmanager.rpc.port', 6123)],
    ['taskmanager', 'jobmanager', 'blob.server.port', port('blob.server.port', 'random')],
    ['jobmanager', 'taskmanager', 'taskmanager.rpc.port', port('taskmanager.rpc.port', 'random')],
    [
      'jobmanager',
      'taskmanager',
      'metrics.internal.query-service.port',
      port('metrics.internal.query-service.port', 'none'),
    ],
    ['taskmanager', 'taskmanager', 'taskmanager.data.port', port('taskmanager.data.port', 'random')],
  ]);
}

/**
 * A standalone Spark: workers and drivers register with the master, which answers on ports of their own; executors, in
 * the workers' pods, take work from the driver and fetch blocks from it and from each other.
 * Source: spark.apache.org/docs/3.5/security, "Configuring Ports for Network Security".
 */
function spark(model: Model): Iterable<PeerFlow> {
  type Role = 'master' | 'worker' | 'driver';
  const all = processes<Role>(model, (command, options) => {
    const mode = options.get('SPARK_MODE');
    if (/deploy\.master\.Master|start-master/.test(command) || mode === 'master') return 'master';
    if (/deploy\.worker\.Worker|start-(?:worker|slave)/.test(command) || mode === 'worker') return 'worker';
    return /^spark:\/\//.test(options.get('spark.master') ?? '') ? 'driver' : undefined;
  });
  const flag = ({ container, options }: Process<Role>, variable: string): number | undefined => {
    const words = [...(container.spec.command ?? []), ...(container.spec.args ?? [])];
    const at = words.findIndex((word) => word === '--port' || word === '-p');
    return pinned(new Map([['--port', words[at + 1] ?? ''], ...options]), '--port', variable);
  };
  // The application's settings are the driver's; executors get theirs from it.
  const application = all.find(({ role }) => role === 'driver')?.options ?? new Map<string, string>();
  const blocks = pinned(application, 'spark.blockManager.port') ?? 'random';
  const driverBlocks =
    pinned(application, 'spark.driver.blockManager.port', 'spark.blockManager.port') ?? 'random';
  const driver = pinned(application, 'spark.driver.port') ?? 'random';
  const hasDriver = all.some(({ role }) => role === 'driver');
  return between<Role>(all, [
    ['worker', 'master', "the master's --port", (server) => flag(server, 'SPARK_MASTER_PORT') ?? 7077],
    ['driver', 'master', "the master's --port", (server) => flag(server, 'SPARK_MASTER_PORT') ?? 7077],
    ['master', 'worker', "the worker's --port", (server) => flag(server, 'SPARK_WORKER_PORT') ?? 'random'],
    ['master', 'driver', 'spark.driver.port', () => driver],
    ['worker', 'driver', 'spark.driver.port', () => driver],
    ['worker', 'driver', 'spark.driver.blockManager.port', () => driverBlocks],
    ['driver', 'worker', 'spark.blockManager.port', () => (hasDriver ? blocks : 'none')],
    ['worker', 'worker', 'spark.blockManager.port', () => (hasDriver ? blocks : 'none')],
  ]);
}
