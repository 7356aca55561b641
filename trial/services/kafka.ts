import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jars } from '../downloads/jars.ts';
import { podContainer } from '../overlay/container.ts';
import { workloadOf } from '../overlay/system.ts';
import { freePort } from '../process/free-port.ts';
import { finished, lastWords, type Running } from '../process/start.ts';
import { type RunningContainer, runContainer, type StandIn } from '../run-container.ts';
import type { Trial } from '../trial.ts';
import { until } from '../until.ts';

/** A broker with its ZooKeeper, as the system's own manifests start them. */
export interface Kafka {
  /** `127.0.0.1:17342` */
  readonly address: string;
  /** The broker at the moment; another one after a restart. */
  readonly broker: () => RunningContainer;
  /** Starts the broker again, on the same address and data; the old one must have ended. */
  readonly startBroker: () => Promise<void>;
  /** Makes the system's topics by the system's own Job. */
  readonly makeTopics: () => Promise<void>;
}

/** Longer than zookeeper.session.timeout.ms. */
const restartDeadline = 60_000;

const standIns = join(import.meta.dirname, '..', 'stand-ins', 'kafka');

/** Starts ZooKeeper and one broker from the rendered StatefulSets, and awaits both; adds their addresses to the trial. */
export async function startKafka(trial: Trial): Promise<Kafka> {
  const { system } = trial;
  const standIn = await kafkaStandIn(trial);
  await startZookeeper(trial, standIn);
  const workload = workloadOf(system, 'StatefulSet', 'kafka');
  const container = podContainer(system, workload);
  const [port, local] = [await freePort(), await freePort()];
  const address = `127.0.0.1:${port}`;
  for (const name of ['kafka-service', 'kafka-headless', 'kafka-0.kafka-headless', 'kafka-0']) {
    trial.addresses.set(`${name}:9092`, address);
  }
  // One process has one loopback address, where a pod has its own and loopback: two ports instead of one.
  const env = {
    LISTENERS: `INTERNAL://${address},LOCAL://[::ffff:127.0.0.1]:${local}`,
    ADVERTISED_LISTENERS: `INTERNAL://${address},LOCAL://${address}`,
  };
  let broker: RunningContainer | undefined;
  const start = async () => {
    broker = await runContainer(trial, container, { env, standIn });
    await listening(broker, port, 'the broker');
  };
  await start();
  return {
    address,
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
    makeTopics: () => makeTopics(trial, standIn),
  };
}

/** What stands for the images apache/kafka and zookeeper in a process. */
async function kafkaStandIn(trial: Trial): Promise<StandIn> {
  const folder = trial.engine === 'docker' ? '' : await jars('kafka-3.9.1', trial.say);
  return {
    bin: [standIns],
    paths: new Map([['/docker-entrypoint.sh', join(standIns, 'zookeeper-entrypoint.sh')]]),
    env: trial.engine === 'docker' ? {} : { JARS: folder },
  };
}

async function startZookeeper(trial: Trial, standIn: StandIn): Promise<void> {
  const container = podContainer(trial.system, workloadOf(trial.system, 'StatefulSet', 'zookeeper'));
  const [client, peer, election, metrics] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  trial.addresses.set('zookeeper:2181', `127.0.0.1:${client}`);
  const inProcess = trial.engine === 'processes';
  const edit = (text: string) =>
    text
      .replace(/^clientPort=.*$/m, `clientPort=${client}\nclientPortAddress=127.0.0.1`)
      // Its jar is not in Maven's central repository, and nobody scrapes this one.
      .replace(/^metricsProvider\.className=.*\n/m, inProcess ? '' : '$&')
      .replace(/^metricsProvider\.httpPort=.*$/m, inProcess ? '' : `metricsProvider.httpPort=${metrics}`)
      .replace(/^server\.1=.*$/m, `server.1=127.0.0.1:${peer}:${election}`);
  const folder = join(trial.folder, container.pod);
  const env = inProcess
    ? {
        ZOO_DATA_DIR: join(folder, 'zookeeper-pvc'),
        ZOO_CFG: join(folder, '_conf_zoo.cfg'),
        ZOO_LOG4J: join(standIns, 'zookeeper-log4j.properties'),
      }
    : {};
  const running = await runContainer(trial, container, { env, edit, standIn });
  await listening(running, client, 'ZooKeeper');
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
export async function makeTopics(trial: Trial, standIn: StandIn): Promise<void> {
  const job = podContainer(trial.system, workloadOf(trial.system, 'Job', 'kafka-topics'));
  await finished(await runContainer(trial, job, { standIn }), 120_000);
}
