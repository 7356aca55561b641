import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import type { Event } from '../../../apps/lambda/transaction/event.ts';
import { clusterFolder, environmentOf, up } from '../../../cluster/index.ts';
import { freePort } from '../../../trial/process/free-port.ts';
import { assertExactlyOnce } from '../../apps/lambda/exactly-once.ts';
import { bring } from '../../harness/debian-packages.ts';
import { standInImages } from '../images/stand-in-images.ts';
import { faultsOf } from './faults.ts';
import { ownClusters } from './own-clusters.ts';
import { root } from './test-cluster.ts';
import { until } from './until.ts';

/** A cluster with one real node, on which `npm run deploy -- kind lambda` finds every image. */
export interface LambdaCluster {
  /** Runs one of scripts/ as `npm run NAME -- kind lambda` would. @returns its output */
  readonly script: (name: string, ...args: string[]) => Promise<string>;
  /** Runs a line of a guide in a shell that has the cluster's kubectl. @throws Error with its words when it fails. */
  readonly shell: (line: string) => Promise<string>;
  /** What Postgres answers, unadorned. */
  readonly query: (sql: string) => Promise<string>;
  /** How many transactions of the stream are stored; 0 while nobody answers. */
  readonly rows: () => Promise<number>;
  /** A port-forward to a port of something, as `kubectl port-forward`. */
  readonly forward: (to: string, port: number) => Promise<{ port: number; end: () => void }>;
  /** What can end under load, by what it is. */
  readonly faults: Readonly<Record<string, () => Promise<void>>>;
  /** Ends the stream, waits until all of it is stored, and compares the topic's events with the table's. */
  readonly assertExactlyOnce: () => Promise<void>;
  readonly end: () => Promise<void>;
}

const minutes = 60_000;
const name = 'plumbline';

/** Starts it, with the worker's image built by `npm run images` and the stand-ins for the others loaded. */
export async function startLambdaCluster(): Promise<LambdaCluster> {
  const missing = await bring({ buildah: 'buildah', mmdebstrap: 'mmdebstrap' });
  if (missing !== undefined) throw new Error(missing);
  const end = await ownClusters();
  const say = (message: string) => console.error(message);
  const services = await standInImages(join(root, '.cache', 'cluster', 'images'), say);
  await up({ root, name, ports: [], emptyNodes: [], progress: () => {} });

  const command = async (argv: readonly [string, ...string[]], deadline = 10 * minutes) => {
    const [program, ...args] = argv;
    const done = await run(program, args, { cwd: root, env: environmentOf(root), deadline });
    if (done.status !== 0) throw new Error(`${argv.join(' ')}\n${done.stderr}${done.stdout}`);
    return done.stdout.toString('utf8');
  };
  const script = (file: string, ...args: string[]) => {
    const path = join('scripts', `${file}.ts`);
    return command([process.execPath, '--disable-warning=ExperimentalWarning', path, ...args], 25 * minutes);
  };
  const shell = (line: string) => command(['bash', '-c', line]);
  const query = (sql: string) => shell(inPostgres(sql));
  const rows = async () =>
    Number(await query("SELECT count(*) FROM transactions WHERE source = 'stream'").catch(() => '0'));
  await command(['kind', 'load', 'image-archive', '--name', name, services]);
  await script('images', 'lambda', '--engine', 'buildah', '--local-base', '--load', 'kind');
  return {
    shell,
    query,
    rows,
    script: (file, ...args) => script(file === 'resume' ? 'start' : file, 'kind', 'lambda', ...args),
    forward,
    faults: faultsOf({ shell, state: clusterFolder(root, name) }),
    assertExactlyOnce: () => allOfTheTopicOnce({ shell, query, rows }),
    end,
  };
}

function inPostgres(sql: string): string {
  const psql = `psql --username=postgres --dbname=lambda --tuples-only --no-align --command="${sql}"`;
  return `kubectl exec lambda-postgres-0 -c postgres -n dev -- ${psql}`;
}

async function forward(to: string, port: number): Promise<{ port: number; end: () => void }> {
  const local = await freePort();
  const env = { ...process.env, ...environmentOf(root) };
  const args = ['port-forward', '-n', 'dev', to, `${local}:${port}`];
  const child = spawn('kubectl', args, { stdio: 'ignore', env });
  await until(`${to} answers on ${local}`, () => fetch(`http://127.0.0.1:${local}/`), 60_000);
  return { port: local, end: () => child.kill('SIGKILL') };
}

const columns = 'event_id, account_id, merchant, category, amount::text, currency, occurred_at';

async function allOfTheTopicOnce({
  shell,
  query,
  rows,
}: Pick<LambdaCluster, 'shell' | 'query' | 'rows'>): Promise<void> {
  await shell('kubectl scale deployment lambda-producer-stream --replicas=0 -n dev');
  await shell('kubectl wait --for=delete pod -l app=lambda-producer-stream -n dev --timeout=120s');
  const records = await shell(
    'kubectl exec kafka-0 -c kafka -n dev -- kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic transactions --from-beginning --timeout-ms 15000',
  );
  const lines = records.split('\n').filter((line) => line.startsWith('{'));
  const sent = new Map(
    lines.map((line) => JSON.parse(line) as Event).map((event) => [event.event_id, event]),
  );
  await until('all of it is stored', async () => assert.is(await rows(), sent.size), 240_000, 4000);
  const stored = await query(
    `SELECT row_to_json(t) FROM (SELECT ${columns} FROM transactions WHERE source = 'stream') t`,
  );
  assertExactlyOnce(
    [...sent.values()],
    stored
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Event),
  );
  console.log(`${sent.size} events in the topic (${lines.length} records), each once in Postgres`);
}
