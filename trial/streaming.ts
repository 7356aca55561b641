import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './cache.ts';
import { jars } from './downloads/jars.ts';
import { podContainer } from './overlay/container.ts';
import { workloadOf } from './overlay/system.ts';
import { finished } from './process/start.ts';
import { runContainer } from './run-container.ts';
import { type Flink, type FlinkOptions, flinkStandIn, flinkState, startFlink } from './services/flink.ts';
import { type KafkaOnZookeeper, startKafka } from './services/kafka.ts';
import { type SchemaRegistry, startSchemaRegistry } from './services/schema-registry.ts';
import type { Trial } from './trial.ts';
import { startWorker } from './worker.ts';

/** The backing services of streaming. */
export interface StreamingServices {
  readonly kafka: KafkaOnZookeeper;
  readonly registry: SchemaRegistry;
  readonly flink: Flink;
}

/** Starts brokers, registry and Flink, and makes topics and schemas by the system's own Jobs. */
export async function startStreamingServices(
  trial: Trial,
  options: FlinkOptions = {},
): Promise<StreamingServices> {
  const kafka = await startKafka(trial);
  const [registry, flink] = await Promise.all([
    startSchemaRegistry(trial).then(async (server) => {
      await finished(await startWorker(trial, { workload: 'Job/register-schemas' }), 120_000);
      return server;
    }),
    startFlink(trial, options),
    kafka.makeTopics(),
  ]);
  return { kafka, registry, flink };
}

export interface SubmitOptions {
  /** Tells runs of the Job apart. */
  readonly label?: string;
  /** Variables that a test gives another value than the overlay. */
  readonly env?: Readonly<Record<string, string>>;
  /** What a test changes in the job: it says what, and why. */
  readonly edit?: (sql: string) => string;
}

/** Runs the Job that gives the job to Flink, as the rendered manifest does. @returns what it said. */
export async function submitJob(trial: Trial, options: SubmitOptions = {}): Promise<string> {
  const { label, edit = (sql: string) => sql } = options;
  const container = podContainer(trial.system, workloadOf(trial.system, 'Job', 'revenue-job'));
  const state = container.mounts.find((mount) => mount.kind === 'folder' && mount.keeps)?.path ?? '';
  const standIn = await flinkStandIn(trial);
  // The image's own configuration, of which the Job's options leave nothing.
  const conf = join(trial.folder, 'flink-client');
  await mkdir(conf, { recursive: true });
  await writeFile(join(conf, 'config.yaml'), '{}\n');
  const gateway = await jars('flink-sql-gateway-1.20.3', trial.say);
  const job = await runContainer(
    trial,
    { ...container, mounts: container.mounts.filter(({ path }) => path !== state) },
    {
      standIn: {
        ...standIn,
        env: { ...standIn.env, FLINK_CONF_DIR: conf, GATEWAY: gateway },
        paths: new Map([
          [state, flinkState(trial)],
          ['/opt/plumbline/submit-job.sh', join(root, 'apps/streaming/flink/submit-job.sh')],
          ['/opt/plumbline/schemas', join(root, 'apps/streaming/schemas')],
        ]),
      },
      edit,
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(label === undefined ? {} : { label }),
    },
  );
  await finished(job, 180_000);
  return job.log();
}
