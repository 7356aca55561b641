import { copyFile, mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jars } from '../downloads/jars.ts';
import { type PodContainer, podContainer } from '../overlay/container.ts';
import { workloadOf } from '../overlay/system.ts';
import { freePort } from '../process/free-port.ts';
import { finished, lastWords, type Running } from '../process/start.ts';
import { type RunningContainer, runContainer, type StandIn } from '../run-container.ts';
import type { Trial } from '../trial.ts';
import { until } from '../until.ts';

/** A broker, as the system's own manifests start it. */
export interface Kafka {
  /** `127.0.0.1:17342` */
  readonly address: string;
  /** The broker at the moment; another one after a restart. */
  readonly broker: () => RunningContainer;
  /** Starts the broker again, on the same address and data; the old one must have ended. */
  readonly startBroker: () => Promise<void>;
  /** Makes the system's topics by the system's own Job, with other values of its variables where a test says so. */
  readonly makeTopics: (changed?: Readonly<Record<string, string>>) => Promise<void>;
  /** Where each listener of the broker is, by its name. */
  readonly listeners: ReadonlyMap<string, string>;
  /** Where the metrics of each pod answer, by its name (`kafka-0`, `http://127.0.0.1:17342`): of those that have an exporter, as processes. */
  readonly metrics: ReadonlyMap<string, string>;
}

/** A broker with its ZooKeeper. */
export interface KafkaOnZookeeper extends Kafka {
  readonly zookeeper: Ensemble;
}

/** Longer than zookeeper.session.timeout.ms. */
const restartDeadline = 60_000;

const standIns = join(import.meta.dirname, '..', 'stand-ins', 'kafka');

/**
 * Starts ZooKeeper and one broker from the rendered StatefulSets, and awaits both; adds their addresses to the trial.
 * @param changed variables of the broker that a test gives another value than the overlay: it says which, and why
 */
export async function startKafka(
  trial: Trial,
  changed: Readonly<Record<string, string>> = {},
): Promise<KafkaOnZookeeper> {
  const { system } = trial;
  const standIn = await kafkaStandIn(trial);
  const ensemble = await startZookeeper(trial, standIn);
  const metrics = new Map(ensemble.metrics);
  const workload = workloadOf(system, 'StatefulSet', 'kafka');
  const rendered = podContainer(system, workload);
  const agent = await metricsAgent(trial, rendered);
  if (agent !== undefined) metrics.set(rendered.pod, agent.url);
  const container = {
    ...rendered,
    env: new Map([
      ...rendered.env,
      ...(agent === undefined ? [] : [['BROKER_OPTS', agent.options] as const]),
    ]),
  };
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const names = ['kafka-service', 'kafka-headless', 'kafka-0.kafka-headless', 'kafka-0'];
  for (const name of names) trial.addresses.set(`${name}:9092`, address);
  const listeners = new Map([['INTERNAL', address]]);
  // One process has one loopback address, where a pod has its own and loopback: a port for each listener.
  const all = rendered.env.get('LISTENERS') ?? '';
  if (all.includes('BROKERS:')) {
    for (const name of ['EXTERNAL', 'BROKERS']) listeners.set(name, `127.0.0.1:${await freePort()}`);
    for (const name of names) trial.addresses.set(`${name}:9091`, listeners.get('BROKERS') ?? '');
  }
  const local = all.includes('LOCAL:') ? `,LOCAL://[::ffff:127.0.0.1]:${await freePort()}` : '';
  const own = [...listeners].map(([name, at]) => `${name}://${at}`).join();
  const env = {
    LISTENERS: `${own}${local}`,
    ADVERTISED_LISTENERS: `${own}${local === '' ? '' : `,LOCAL://${address}`}`,
    ...changed,
  };
  let broker: RunningContainer | undefined;
  const start = async () => {
    broker = await runContainer(trial, container, { env, standIn });
    for (const at of listeners.values()) await listening(broker, Number(at.split(':')[1]), 'the broker');
  };
  await start();
  return {
    address,
    metrics,
    listeners,
    async startBroker() {
      const end = performance.now() + restartDeadline;
      for (;;) {
        try {
          return await start();
        } catch (error) {
          // ZooKeeper holds the place of a broker that was killed until its session is over; kubelet too starts it again.
          if (broker?.state() === undefined || performance.now() > end) throw error;
          await sleep(1000);
        }
      }
    },
    broker() {
      if (broker === undefined) throw new Error('the broker was not started');
      return broker;
    },
    zookeeper: ensemble,
    makeTopics: (changed) => makeTopics(trial, standIn, changed),
  };
}

/** Puts the agent where its init container would, and gives it a port of its own. */
async function metricsAgent(
  trial: Trial,
  { pod, env, mounts }: PodContainer,
): Promise<{ readonly options: string; readonly url: string } | undefined> {
  const options = env.get('BROKER_OPTS') ?? '';
  const [, path = ''] = /-javaagent:(\S+\.jar)=\d+:/.exec(options) ?? [];
  const mount = mounts.find((one) => one.kind === 'folder' && one.path === dirname(path));
  if (mount?.kind !== 'folder' || trial.engine === 'docker') return undefined;
  const folder = join(trial.folder, pod, mount.volume);
  await mkdir(folder, { recursive: true });
  const agent = join(await jars('jmx-exporter-1.0.1', trial.say), 'jmx_prometheus_javaagent-1.0.1.jar');
  await copyFile(agent, join(folder, basename(path)));
  const address = `127.0.0.1:${await freePort()}`;
  return { options: options.replace(/(?<=\.jar=)\d+/, address), url: `http://${address}` };
}

/** What stands for the images apache/kafka and zookeeper in a process. */
export async function kafkaStandIn(trial: Trial): Promise<StandIn> {
  const folder = trial.engine === 'docker' ? '' : await jars('kafka-3.9.1', trial.say);
  return {
    bin: [standIns],
    paths: new Map([['/docker-entrypoint.sh', join(standIns, 'zookeeper-entrypoint.sh')]]),
    env: trial.engine === 'docker' ? {} : { JARS: folder, JVM: trial.jvm },
  };
}

export interface Ensemble {
  /** The members at the moment, by their pods; others after a restart. */
  readonly members: ReadonlyMap<string, RunningContainer>;
  /** Where the metrics of each answer. */
  readonly metrics: ReadonlyMap<string, string>;
  /** Starts every member, again too: on the same addresses and data; the old ones must have ended. */
  readonly start: () => Promise<void>;
}

/** Starts every member of ZooKeeper that the overlay has; adds the first one's address to the trial. */
export async function startZookeeper(trial: Trial, broker: StandIn): Promise<Ensemble> {
  const workload = workloadOf(trial.system, 'StatefulSet', 'zookeeper');
  const ports: { client: number; peer: number; election: number; metrics: number }[] = [];
  for (let index = 0; index < (workload.replicas?.min ?? 1); index += 1) {
    ports.push({
      client: await freePort(),
      peer: await freePort(),
      election: await freePort(),
      metrics: await freePort(),
    });
  }
  trial.addresses.set('zookeeper:2181', `127.0.0.1:${ports[0]?.client}`);
  const inProcess = trial.engine === 'processes';
  const standIn = inProcess
    ? { ...broker, env: { JARS: await jars('zookeeper-3.8.4', trial.say), JVM: trial.jvm } }
    : broker;
  const members = new Map<string, RunningContainer>();
  const startMember = async (index: number, own: (typeof ports)[number]) => {
    const container = podContainer(trial.system, workload, { index });
    const edit = (text: string) =>
      text
        .replace(/^clientPort=.*$/m, `clientPort=${own.client}\nclientPortAddress=127.0.0.1`)
        .replace(
          /^metricsProvider\.httpPort=.*$/m,
          `metricsProvider.httpHost=127.0.0.1\nmetricsProvider.httpPort=${own.metrics}`,
        )
        .replace(/^server\.(\d+)=.*$/gm, (_, id: string) => {
          const member = ports[Number(id) - 1];
          return `server.${id}=127.0.0.1:${member?.peer}:${member?.election}`;
        });
    const folder = join(trial.folder, container.pod);
    const env = inProcess
      ? {
          ZOO_DATA_DIR: join(folder, 'zookeeper-pvc'),
          ZOO_CFG: join(folder, '_conf_zoo.cfg'),
          ZOO_LOGBACK: join(standIns, 'zookeeper-logback.xml'),
        }
      : {};
    members.set(container.pod, await runContainer(trial, container, { env, edit, standIn }));
  };
  const start = async () => {
    for (const [index, own] of ports.entries()) await startMember(index, own);
    for (const [index, member] of [...members.values()].entries())
      await listening(member, ports[index]?.client ?? 0, 'ZooKeeper');
  };
  await start();
  const metrics = new Map(
    [...members.keys()].map((pod, index) => [pod, `http://127.0.0.1:${ports[index]?.metrics}`]),
  );
  return { members, metrics, start };
}

/** Waits until a port answers. @throws Error with the last words of what should have opened it. */
export async function listening(running: Running, port: number, what: string): Promise<void> {
  await until(
    () => {
      if (running.state() !== undefined) return true;
      return answers(port);
    },
    { deadline: 90_000, what: `${what} on port ${port}` },
  );
  if (running.state() !== undefined) throw new Error(`${what} ended at its start:\n${lastWords(running)}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

/** Makes the system's topics by its own Job. */
export async function makeTopics(
  trial: Trial,
  standIn: StandIn,
  changed: Readonly<Record<string, string>> = {},
): Promise<void> {
  const job = podContainer(trial.system, workloadOf(trial.system, 'Job', 'kafka-topics'));
  await finished(await runContainer(trial, job, { standIn, env: changed }), 120_000);
}
