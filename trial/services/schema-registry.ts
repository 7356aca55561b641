import { join } from 'node:path';
import { apicurio } from '../downloads/apicurio.ts';
import { podContainer } from '../overlay/container.ts';
import { workloadOf } from '../overlay/system.ts';
import { freePort } from '../process/free-port.ts';
import { lastWords } from '../process/start.ts';
import { type RunningContainer, runContainer } from '../run-container.ts';
import type { Trial } from '../trial.ts';
import { until } from '../until.ts';

/** The Schema Registry, as the system's own manifests start it. */
export interface SchemaRegistry {
  /** Of Confluent's API, as clients get it. */
  readonly url: string;
  /** The server at the moment; another one after a restart. */
  readonly server: () => RunningContainer;
  /** Starts it again, on the same address; the old one must have ended. */
  readonly start: () => Promise<void>;
}

const standIns = join(import.meta.dirname, '..', 'stand-ins', 'schema-registry');

/** Starts the registry from the rendered Deployment; the broker must run. Adds its address to the trial. */
export async function startSchemaRegistry(trial: Trial): Promise<SchemaRegistry> {
  const { system } = trial;
  const container = podContainer(system, workloadOf(system, 'Deployment', 'schema-registry'));
  const inProcess = trial.engine === 'processes';
  const standIn = { bin: [standIns], env: inProcess ? { APICURIO: await apicurio(trial.say) } : {} };
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  trial.addresses.set('schema-registry:8081', address);
  // A pod has an address of its own; here many share one.
  const env = { QUARKUS_HTTP_HOST: '127.0.0.1', QUARKUS_HTTP_PORT: String(port) };
  // The manifest leaves the command to the image.
  const command = inProcess ? ['run-java.sh'] : container.command;
  let server: RunningContainer | undefined;
  const start = async () => {
    const running = await runContainer(trial, { ...container, command }, { env, standIn });
    server = running;
    const isReady = async () =>
      running.state() !== undefined || (await fetch(`http://${address}/health/ready`)).ok;
    await until(isReady, { deadline: 120_000, what: 'the schema registry', every: 200 });
    if (running.state() !== undefined)
      throw new Error(`the registry ended at its start:\n${lastWords(running)}`);
  };
  await start();
  return {
    url: `http://${address}/apis/ccompat/v7`,
    start,
    server() {
      if (server === undefined) throw new Error('the registry was not started');
      return server;
    },
  };
}
