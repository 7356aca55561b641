import { freePort } from './process/free-port.ts';
import { lastWords } from './process/start.ts';
import { type Cassandra, startCassandra } from './services/cassandra.ts';
import type { Kafka } from './services/kafka.ts';
import { startKraft } from './services/kafka-kraft.ts';
import type { Trial } from './trial.ts';
import { until } from './until.ts';
import { type RunningWorker, startWorker } from './worker.ts';

/** The backing services of big-data. */
export interface BigDataServices {
  readonly kafka: Kafka;
  readonly cassandra: Cassandra;
}

/** Starts broker and database, and makes topics, keyspace, tables and roles by the system's own Jobs. */
export async function startBigDataServices(trial: Trial): Promise<BigDataServices> {
  const [kafka, cassandra] = await Promise.all([startKraft(trial), startCassandra(trial)]);
  await Promise.all([kafka.makeTopics(), cassandra.init()]);
  return { kafka, cassandra };
}

/** A replica of the gateway: where it takes events, and the worker. */
export interface RunningGateway {
  readonly url: string;
  readonly worker: RunningWorker;
}

export interface GatewayOptions {
  readonly label?: string;
  /** Variables of another value than the overlay's. */
  readonly env?: Readonly<Record<string, string>>;
  /** What stands for a value that only the cluster knows. */
  readonly unknownValue?: string;
  /** Another command, made from the manifest's: one with a limit of memory. */
  readonly command?: (command: readonly string[]) => readonly string[];
}

/** Starts producer-gateway and awaits that it is ready. */
export async function startGateway(
  trial: Trial,
  { label, env = {}, unknownValue, command }: GatewayOptions = {},
): Promise<RunningGateway> {
  const port = await freePort();
  const worker = await startWorker(trial, {
    workload: 'Deployment/producer-gateway',
    // A pod has a port of its own; here nobody waits for a Service.
    env: { HTTP_ADDRESS: `127.0.0.1:${port}`, DRAIN_SECONDS: '0', ...env },
    ...(label === undefined ? {} : { label }),
    ...(unknownValue === undefined ? {} : { unknownValue }),
    ...(command === undefined ? {} : { command }),
  });
  await until(async () => worker.state() !== undefined || (await fetch(`${worker.metrics}/readyz`)).ok, {
    deadline: 60_000,
    what: 'the gateway',
  });
  if (worker.state() !== undefined) throw new Error(`the gateway ended:\n${lastWords(worker)}`);
  return { url: `http://127.0.0.1:${port}`, worker };
}
