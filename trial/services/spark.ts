import { join } from 'node:path';
import { UsageError } from '@plumbline/validators';
import { cache, root } from '../cache.ts';
import { jars } from '../downloads/jars.ts';
import { pySpark } from '../downloads/pyspark.ts';
import { download } from '../downloads/store.ts';
import { fetchWheels } from '../downloads/wheels.ts';
import { podContainer } from '../overlay/container.ts';
import { workloadOf } from '../overlay/system.ts';
import { freePort } from '../process/free-port.ts';
import { type Ended, finished } from '../process/start.ts';
import { runContainer } from '../run-container.ts';
import type { Trial } from '../trial.ts';
import { type RunningWorker, startWorker } from '../worker.ts';

export interface SparkOptions {
  /** Tells runs of the pod apart; all of a trial have the same checkpoint, one after the other. */
  readonly label?: string;
  /** Variables that a test gives another value than the overlay. */
  readonly env?: Readonly<Record<string, string>>;
  /** Lines behind those of spark.conf: they win. */
  readonly conf?: string;
  /** Another script than the manifest's. */
  readonly script?: string;
  /** Another command, made from the manifest's: one with a limit of memory. */
  readonly command?: (command: readonly string[]) => readonly string[];
  /** Of loopback: the driver keeps the manifest's ports and is reached by executors of other pods. */
  readonly address?: string;
  /** Folders of jars that the image has besides. */
  readonly jars?: readonly string[];
  /** What stands for a value that only the cluster knows. */
  readonly unknownValue?: string;
  /** A folder that stands for a claim, by the volume's name: `checkpoints`. */
  readonly folders?: Readonly<Record<string, string>>;
}

export interface RunningSpark extends RunningWorker {
  /** Spark's own page: `http://127.0.0.1:17342`. */
  readonly ui: string;
}

const workload = 'Deployment/spark-streaming';

/** Starts the streaming job as the rendered Deployment does, from the repository's own code; not awaited. */
export async function startSpark(trial: Trial, options: SparkOptions = {}): Promise<RunningSpark> {
  const [spark, connectors, wheels] = [
    await pySpark(trial.say),
    await jars('spark-3.5.7', trial.say),
    await clients(trial),
  ];
  const { address, unknownValue } = options;
  const port = address === undefined ? await freePort() : 4040;
  // A pod has its own address; here many may share one.
  const shared = [
    'spark.driver.bindAddress 127.0.0.1',
    'spark.driver.host 127.0.0.1',
    `spark.ui.port ${port}`,
  ];
  // The image has the connectors among Spark's own jars.
  const classPath = [connectors, ...(options.jars ?? [])].map((folder) => `${folder}/*`).join(':');
  const conf = [
    `spark.driver.extraClassPath ${classPath}`,
    `spark.executor.extraClassPath ${classPath}`,
    ...(address === undefined ? shared : []),
    options.conf ?? '',
  ].join('\n');
  const worker = await startWorker(trial, {
    workload,
    container: 'spark-streaming',
    env: {
      SPARK_HOME: spark.home,
      PYTHONPATH: `${spark.python}:${wheels}`,
      PYTHONPYCACHEPREFIX: pycache,
      PYTHONUNBUFFERED: '1',
      SPARK_LOCAL_IP: address ?? '127.0.0.1',
      JDK_JAVA_OPTIONS: trial.jvm,
      ...options.env,
    },
    edit: (text, path) => (path.endsWith('/spark.conf') ? `${text}\n${conf}\n` : text),
    command: (words) => {
      const mine = options.script === undefined ? words : [...words.slice(0, -1), options.script];
      return options.command?.(mine) ?? mine;
    },
    ...(address === undefined ? {} : { address }),
    ...(unknownValue === undefined ? {} : { unknownValue }),
    ...(options.label === undefined ? {} : { label: options.label }),
    ...(options.folders === undefined ? {} : { folders: options.folders }),
  });
  return { ...worker, ui: `http://${address ?? '127.0.0.1'}:${port}` };
}

/** Ends a worker at once, and all that it started: as a node that is switched off ends a pod. */
export async function killed(worker: Pick<RunningWorker, 'signal' | 'ended'>): Promise<Ended> {
  worker.signal('SIGKILL');
  return worker.ended;
}

/** Runs the Deployment's init container that waits for the topic and the tables. @throws Error with its last words. */
export async function waitForSchema(
  trial: Trial,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<void> {
  const container = podContainer(trial.system, workloadOf(trial.system, 'Deployment', 'spark-streaming'), {
    container: 'wait-for-schema',
  });
  const python = { PYTHONPATH: await clients(trial), PYTHONPYCACHEPREFIX: pycache, PYTHONUNBUFFERED: '1' };
  const running = await runContainer(trial, container, {
    env: { ...python, ...env },
    args,
    standIn: { bin: [], cwd: root, ours: true },
  });
  await finished(running, 330_000);
}

/** Where Python keeps what it compiled: not beside the sources, and not for one trial alone. */
const pycache = join(cache, 'python');

/** What the image installs for Python. */
function clients(trial: Trial): Promise<string> {
  const requirements = join(root, 'apps', 'big-data', 'spark', 'requirements.txt');
  return download('spark-clients', [requirements], async (into) => {
    trial.say("Fetching Python's clients of Kafka and Cassandra as wheels (once) ...");
    await fetchWheels(requirements, into).catch((error: Error) => {
      throw new UsageError(
        `the clients of Kafka and Cassandra are not to be had: ${error.message}\nInstall Python 3.8 to 3.12 with pip.`,
      );
    });
  });
}
