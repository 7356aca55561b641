import { join } from 'node:path';
import { flinkDistribution } from '../downloads/flink.ts';
import { jars } from '../downloads/jars.ts';
import { podContainer } from '../overlay/container.ts';
import { workloadOf } from '../overlay/system.ts';
import { freePort } from '../process/free-port.ts';
import { lastWords } from '../process/start.ts';
import { type RunningContainer, runContainer } from '../run-container.ts';
import type { Trial } from '../trial.ts';
import { until } from '../until.ts';

/** A session cluster of Flink, as the system's own manifests start it. */
export interface Flink {
  /** Its REST API: `http://127.0.0.1:17342`. */
  readonly url: string;
  /** The JobManager at the moment; another one after a restart. */
  readonly jobManager: () => RunningContainer;
  readonly taskManagers: () => readonly RunningContainer[];
  /** Starts the JobManager again, on the same ports and state; the old one must have ended. */
  readonly startJobManager: () => Promise<void>;
  /** Starts a TaskManager: another one, or one that ended again. */
  readonly startTaskManager: (index: number) => Promise<void>;
  /** Resolves when a JobManager leads and has so many TaskManagers. */
  readonly ready: (taskManagers: number) => Promise<void>;
  /** Where the metrics of each pod answer, by its name. */
  readonly metrics: ReadonlyMap<string, string>;
}

export interface FlinkOptions {
  /** How many TaskManagers; as many as the overlay has by default. */
  readonly taskManagers?: number;
  /** Settings that a test gives another value than the overlay, for every process: it says which, and why. */
  readonly settings?: Readonly<Record<string, string>>;
}

const standIns = join(import.meta.dirname, '..', 'stand-ins', 'flink');

/** What stands for the image with Flink and its connectors: commands, and where the distribution is. */
export async function flinkStandIn(trial: Trial) {
  const [home, connectors] = [
    await flinkDistribution(trial.say),
    await jars('flink-connectors-1.20', trial.say),
  ];
  return {
    bin: [standIns],
    env: {
      FLINK_HOME: home,
      FLINK_LIB_DIR: join(home, 'lib'),
      FLINK_OPT_DIR: join(home, 'opt'),
      FLINK_PLUGINS_DIR: join(home, 'plugins'),
      CONNECTORS: connectors,
      // A collector that needs no thread for each core: several processes share few.
      FLINK_JVM: trial.jvm || '-XX:+UseSerialGC',
    },
    // The image is built here; its processes are those of the distribution.
    ours: true,
  };
}

/** The volume of checkpoints and savepoints that all pods share. */
export function flinkState(trial: Trial): string {
  return join(trial.folder, 'flink-state');
}

/** Starts JobManager and TaskManagers from the rendered Deployments; ZooKeeper must run. Adds their addresses to the trial. */
export async function startFlink(trial: Trial, options: FlinkOptions = {}): Promise<Flink> {
  const { system } = trial;
  const standIn = await flinkStandIn(trial);
  const [rpc, blob, rest] = [await freePort(), await freePort(), await freePort()];
  trial.addresses
    .set('flink-jobmanager:8081', `127.0.0.1:${rest}`)
    .set('flink-jobmanager:6123', `127.0.0.1:${rpc}`);
  const metrics = new Map<string, string>();
  /** Starts a process; one that starts again in its pod has its ports again. */
  const start = async (
    role: 'jobmanager' | 'taskmanager',
    index: number,
    ports: Readonly<Record<string, number>>,
  ) => {
    const workload = workloadOf(system, 'Deployment', `flink-${role}`);
    const container = podContainer(system, workload, { index });
    const state = container.mounts.find((mount) => mount.kind === 'folder' && mount.keeps)?.path ?? '';
    metrics.set(container.pod, `http://127.0.0.1:${ports['metrics.reporter.prom.port']}`);
    const settings = {
      [`${role}.bind-host`]: '127.0.0.1',
      // As a path of the pod's, which is mapped to a folder of its own: processes of one name that share theirs delete
      // each other's files.
      'io.tmp.dirs': '/tmp',
      ...Object.fromEntries(Object.entries(ports).map(([key, port]) => [key, String(port)])),
      ...options.settings,
    };
    return runContainer(
      trial,
      { ...container, mounts: container.mounts.filter(({ path }) => path !== state) },
      {
        standIn: { ...standIn, paths: new Map([[state, flinkState(trial)]]) },
        env: { FLINK_CONF_DIR: join(trial.folder, container.pod, '_opt_flink_conf') },
        args: Object.entries(settings).flatMap(([key, value]) => ['-D', `${key}=${value}`]),
      },
    );
  };
  const own = async () => ({
    'metrics.internal.query-service.port': await freePort(),
    'metrics.reporter.prom.port': await freePort(),
  });
  const managerPorts = {
    'jobmanager.rpc.port': rpc,
    'high-availability.jobmanager.port': rpc,
    'blob.server.port': blob,
    'rest.port': rest,
    ...(await own()),
  };
  let jobManager: RunningContainer | undefined;
  const taskManagers: RunningContainer[] = [];
  const taskPorts: Record<string, number>[] = [];
  const startJobManager = async () => {
    jobManager = await start('jobmanager', 0, managerPorts);
  };
  const startTaskManager = async (index: number) => {
    taskPorts[index] ??= await own();
    // As a new pod has an address of its own: a JobManager may go on for minutes about the one that was killed.
    const anew = { 'taskmanager.rpc.port': await freePort(), 'taskmanager.data.port': await freePort() };
    taskManagers[index] = await start('taskmanager', index, { ...anew, ...taskPorts[index] });
  };
  const url = `http://127.0.0.1:${rest}`;
  const ready = async (count: number) => {
    const overview = async () => {
      const dead = [jobManager, ...taskManagers].find((one) => one?.state() !== undefined);
      if (dead !== undefined) throw new Error(`${dead.name} ended:\n${lastWords(dead)}`);
      const answer = await fetch(`${url}/overview`, { signal: AbortSignal.timeout(5000) });
      if (!answer.ok) return false;
      const { taskmanagers } = (await answer.json()) as { taskmanagers?: number };
      return taskmanagers !== undefined && taskmanagers >= count;
    };
    await until(overview, { deadline: 120_000, what: `Flink with ${count} TaskManagers`, every: 200 });
  };
  const replicas = workloadOf(system, 'Deployment', 'flink-taskmanager').replicas?.min ?? 1;
  const count = options.taskManagers ?? replicas;
  await startJobManager();
  for (let index = 0; index < count; index += 1) await startTaskManager(index);
  await ready(count);
  return {
    url,
    metrics,
    startJobManager,
    startTaskManager,
    ready,
    taskManagers: () => taskManagers,
    jobManager() {
      if (jobManager === undefined) throw new Error('the JobManager was not started');
      return jobManager;
    },
  };
}
