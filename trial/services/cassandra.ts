import { join } from 'node:path';
import { Client, policies } from 'cassandra-driver';
import { cqlshWheels } from '../downloads/cqlsh.ts';
import { jars } from '../downloads/jars.ts';
import { podContainer } from '../overlay/container.ts';
import { workloadOf } from '../overlay/system.ts';
import { freePort } from '../process/free-port.ts';
import { finished, lastWords } from '../process/start.ts';
import { type RunningContainer, runContainer, type StandIn } from '../run-container.ts';
import type { Trial } from '../trial.ts';
import { until } from '../until.ts';
import { listening } from './kafka.ts';

/** Who the system's Secret has a login for. */
export type Login = 'administrator' | 'writer' | 'reader';

/** One node, as the system's own manifests start it. */
export interface Cassandra {
  readonly host: string;
  readonly port: number;
  /** Makes keyspace, tables and roles by the system's own Job. */
  readonly init: () => Promise<void>;
  /**
   * Runs a statement by cqlsh, as the administrator by default, and tells what it printed.
   * @throws Error with cqlsh's last words.
   */
  readonly cqlsh: (statement: string, login?: Login) => Promise<string>;
  /** Name and password of the Secret. */
  readonly credentials: (login: Login) => { readonly username: string; readonly password: string };
  /** The node at the moment; another one after a restart. */
  readonly node: () => RunningContainer;
  /** Starts the node again, on the same port and data; the old one must have ended. */
  readonly startNode: () => Promise<void>;
}

const standIns = join(import.meta.dirname, '..', 'stand-ins', 'cassandra');
const host = '127.0.0.1';

/** What a ring of several nodes needs time for, and a compiler that has done sooner: nothing runs for long here. */
const alone = [
  '-XX:TieredStopAtLevel=1',
  '-Dcassandra.ring_delay_ms=100',
  '-Dcassandra.skip_wait_for_gossip_to_settle=0',
  '-Dcassandra.superuser_setup_delay_ms=0',
].join(' ');

/** Asks for its login as the Job's script does: no password among the arguments of a process. */
const asLogin = `set -euo pipefail
umask 077
printf '[PlainTextAuthProvider]\\nusername = %s\\npassword = %s\\n' "$AS_USER" "$AS_PASSWORD" >"$CREDENTIALS"
exec cqlsh --credentials="$CREDENTIALS" -e "$STATEMENT"`;

/** Starts the first node of the rendered StatefulSet and awaits its readiness probe; adds its address to the trial. */
export async function startCassandra(trial: Trial): Promise<Cassandra> {
  const { system, addresses } = trial;
  const workload = workloadOf(system, 'StatefulSet', 'cassandra');
  const container = podContainer(system, workload);
  const job = podContainer(system, workloadOf(system, 'Job', 'cassandra-init'));
  const [port, storage] = [await freePort(), await freePort()];
  for (const name of ['cassandra', 'cassandra-headless', 'cassandra-0.cassandra-headless']) {
    addresses.set(`${name}:9042`, `${host}:${port}`);
  }
  const folder = join(trial.folder, container.pod);
  const standIn: StandIn = {
    bin: [standIns],
    env:
      trial.engine === 'docker'
        ? {}
        : {
            JARS: await jars('cassandra-5.0.6', trial.say),
            WHEELS: await cqlshWheels(trial.say),
            CASSANDRA_DATA: join(folder, 'cassandra-data'),
            CASSANDRA_LOGBACK: join(folder, '_etc_cassandra_logback.xml'),
          },
  };
  // Not mapped: the Job has no variable of the port, and the probe neither, since cqlsh knows it.
  const env = { CQLSH_HOST: host, CQLSH_PORT: String(port) };
  // A pod has every interface and a DNS that knows it; here many share one address.
  const edit = (text: string) =>
    text
      .replace(/^native_transport_port: .*$/m, `native_transport_port: ${port}`)
      .replace(/^storage_port: .*$/m, `storage_port: ${storage}`)
      .replace(/^rpc_address: .*$/m, `rpc_address: ${host}`)
      .replace('getent ahosts cassandra-headless', 'echo "$POD_IP"')
      .replace('/dev/tcp/$address/7000', () => `/dev/tcp/$address/${storage}`)
      .replace('-Dcassandra.config=', `${alone} -Dcassandra.config=`);
  const ready = workload.containers.find(({ role }) => role === 'main')?.spec.readinessProbe?.exec?.command;
  let node: RunningContainer | undefined;
  const startNode = async () => {
    const started = await runContainer(trial, container, { edit, env, standIn });
    node = started;
    await listening(started, port, container.pod);
    await until(
      async () => {
        if (started.state() !== undefined) return true;
        return (await started.exec(ready ?? [])) === 0;
      },
      { deadline: 60_000, what: `a login to ${container.pod}` },
    );
    if (started.state() !== undefined)
      throw new Error(`${container.pod} ended at its start:\n${lastWords(started)}`);
  };
  await startNode();
  let statements = 0;
  const credentials = (login: Login) => {
    const prefix = { administrator: 'ADMIN', writer: 'WRITER', reader: 'READER' }[login];
    const value = (name: string) => job.env.get(`${prefix}_${name}`) ?? '';
    return { username: value('USER'), password: value('PASSWORD') };
  };
  return {
    host,
    port,
    startNode,
    credentials,
    async init() {
      await finished(await runContainer(trial, job, { env, standIn }), 120_000);
    },
    async cqlsh(statement, login = 'administrator') {
      statements += 1;
      const { username, password } = credentials(login);
      const shell = await runContainer(
        trial,
        { ...job, command: ['bash', '-c', asLogin] },
        {
          label: `statement${statements}`,
          env: {
            ...env,
            AS_USER: username,
            AS_PASSWORD: password,
            STATEMENT: statement,
            CREDENTIALS: trial.engine === 'docker' ? '/tmp/login' : join(trial.folder, `login${statements}`),
          },
          standIn,
        },
      );
      await finished(shell, 60_000);
      return shell.log();
    },
    node() {
      if (node === undefined) throw new Error(`${container.pod} was not started`);
      return node;
    },
  };
}

/**
 * A client of the node for one of the Secret's logins. Statements are prepared, and a `bigint` is JavaScript's own.
 * @throws Error when it cannot log in. Whoever connects calls `shutdown`.
 */
export async function connect(
  cassandra: Pick<Cassandra, 'host' | 'port' | 'credentials'>,
  login: Login = 'administrator',
): Promise<Client> {
  const at = `${cassandra.host}:${cassandra.port}`;
  const client = new Client({
    contactPoints: [at],
    // A node behind a port-forward tells an address that only its cluster knows.
    policies: {
      addressResolution: Object.assign(policies.defaultAddressTranslator(), {
        translate: (_address: string, _port: number, callback: (endpoint: string) => void) => callback(at),
      }),
    },
    localDataCenter: 'dc1',
    credentials: cassandra.credentials(login),
    encoding: { useBigIntAsLong: true },
    queryOptions: { prepare: true },
  });
  try {
    await client.connect();
  } catch (error) {
    await client.shutdown();
    throw error;
  }
  return client;
}
