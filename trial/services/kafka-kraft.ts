import { join } from 'node:path';
import { jars } from '../downloads/jars.ts';
import { podContainer } from '../overlay/container.ts';
import { workloadOf } from '../overlay/system.ts';
import { freePort } from '../process/free-port.ts';
import { type RunningContainer, runContainer, type StandIn } from '../run-container.ts';
import type { Trial } from '../trial.ts';
import { type Kafka, listening, makeTopics } from './kafka.ts';

const standIns = join(import.meta.dirname, '..', 'stand-ins', 'kafka');

/** Starts a broker that is its own controller from the rendered StatefulSet, and awaits it; adds its address to the trial. */
export async function startKraft(trial: Trial): Promise<Kafka> {
  const { system } = trial;
  const standIn: StandIn = {
    bin: [standIns],
    env: trial.engine === 'docker' ? {} : { JARS: await jars('kafka-4.1.1', trial.say), JVM: trial.jvm },
  };
  const [port, controller] = [await freePort(), await freePort()];
  const address = `127.0.0.1:${port}`;
  for (const name of ['kafka-service', 'kafka-headless', 'kafka-0.kafka-headless', 'kafka-0']) {
    trial.addresses.set(`${name}:9092`, address).set(`${name}:9093`, `127.0.0.1:${controller}`);
  }
  // A pod has every interface and its own name; here many share one address.
  const edit = (text: string) =>
    text
      .replace('listeners=KAFKA://:9092,CONTROLLER://:9093', () => {
        return `listeners=KAFKA://${address},CONTROLLER://127.0.0.1:${controller}`;
      })
      .replace('KAFKA://$POD_NAME.kafka-headless:9092', `KAFKA://${address}`);
  const container = podContainer(system, workloadOf(system, 'StatefulSet', 'kafka'));
  let broker: RunningContainer | undefined;
  const start = async () => {
    broker = await runContainer(trial, container, { edit, standIn });
    await listening(broker, port, 'the broker');
  };
  await start();
  return {
    address,
    metrics: new Map(),
    listeners: new Map([['INTERNAL', address]]),
    startBroker: start,
    broker() {
      if (broker === undefined) throw new Error('the broker was not started');
      return broker;
    },
    makeTopics: (changed) => makeTopics(trial, standIn, changed),
  };
}
