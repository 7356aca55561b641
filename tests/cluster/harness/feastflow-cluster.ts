import * as assert from 'uvu/assert';
import type { GuestsFound } from '../../../trial/feastflow-guests.ts';
import { feastflowImages } from '../images/feastflow-images.ts';
import { list } from './list.ts';
import { type SystemCluster, startSystemCluster } from './system-cluster.ts';
import { until } from './until.ts';
import { withImports } from './with-imports.ts';

/** A cluster with one real node and all that feastflow's pods need. */
export interface FeastflowCluster extends SystemCluster {
  /** What PostgreSQL answers, unadorned. */
  readonly query: (sql: string) => Promise<string>;
  /** Guests in a pod who look and order through the backend's Service; resolves once they do. */
  readonly guests: (options?: { readonly tries?: number }) => Promise<GuestsInPod>;
  /** Compares what guests were answered with what the tables have. */
  readonly assertStored: (found: GuestsFound) => Promise<void>;
  /** Waits until there are so many backends, all ready, and none that still goes. */
  readonly backends: (count: number) => Promise<void>;
}

export interface GuestsInPod {
  readonly leave: () => Promise<GuestsFound>;
}

const entry = 'tests/cluster/harness/feastflow-guests/run.ts';
const namespace = 'guests';
/** Together below what an address and each account may do in a minute. */
const crowd = { GUESTS: '24', PAUSE: '2500' };

/** Starts it, with its images built by `npm run images` and the stand-in for the database's loaded. */
export async function startFeastflowCluster(): Promise<FeastflowCluster> {
  const cluster = await startSystemCluster({
    system: 'feastflow',
    namespace: 'feastflow',
    cluster: 'feastflow-local',
    standIns: feastflowImages,
  });
  const { shell } = cluster;
  const query = (sql: string) => shell(inPostgres(sql));
  let crowds = 0;
  return {
    ...cluster,
    query,
    async guests({ tries = 1 } = {}) {
      // What is about replicas and time must not end with the last dish.
      await query('UPDATE dishes SET stock = 1000000');
      crowds += 1;
      return startGuestsPod(shell, `guests-${crowds}`, tries);
    },
    assertStored: (found) => assertStored(query, found),
    async backends(count) {
      await shell('kubectl rollout status deployment/feastflow-backend -n feastflow --timeout=560s');
      const look = async () => {
        const pods = await shell('kubectl get pods -n feastflow -l app=feastflow-backend --no-headers');
        assert.is(pods.trim().split('\n').length, count, pods);
        assert.is([...pods.matchAll(/ 1\/1 +Running /g)].length, count, pods);
      };
      await until(`there are ${count} backends`, look, 300_000, 3000);
    },
  };
}

function inPostgres(sql: string): string {
  const psql = `psql --username=postgres --dbname=feastflow --tuples-only --no-align --quiet --command="${sql}"`;
  return `kubectl exec postgres-0 -c postgres -n feastflow -- ${psql}`;
}

async function startGuestsPod(
  shell: SystemCluster['shell'],
  name: string,
  tries: number,
): Promise<GuestsInPod> {
  const files = await withImports(entry);
  const keys = [...files.keys()].map((path) => ({ key: path.replaceAll('/', '.'), path }));
  const env = { SHOP_URL: 'http://feastflow-backend.feastflow:5000', ...crowd, TRIES: String(tries) };
  const objects = list([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace },
      data: Object.fromEntries(keys.map(({ key, path }) => [key, files.get(path) ?? ''])),
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace },
      spec: {
        restartPolicy: 'Never',
        enableServiceLinks: false,
        containers: [
          {
            name: 'guests',
            image: 'feastflow-backend:latest',
            imagePullPolicy: 'Never',
            command: ['node', `/guests/${entry}`],
            env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
            volumeMounts: [{ name: 'files', mountPath: '/guests' }],
          },
        ],
        volumes: [{ name: 'files', configMap: { name, items: keys } }],
      },
    },
  ]);
  await shell(`kubectl apply --filename=- <<'END'\n${objects}\nEND`);
  const log = () => shell(`kubectl logs ${name} -n ${namespace}`);
  await until(
    'guests order',
    async () => {
      const said = await log();
      assert.match(said, /^they order$/m);
    },
    180_000,
    2000,
  );
  return {
    async leave() {
      await shell(`kubectl exec ${name} -n ${namespace} -- node -e "process.kill(1, 'SIGTERM')"`);
      await shell(
        `kubectl wait --for=jsonpath='{.status.phase}'=Succeeded pod/${name} -n ${namespace} --timeout=300s`,
      );
      const said = await log();
      const requests = Number(/^requests (\d+)$/m.exec(said)?.[1]);
      assert.ok(requests > 0, said.slice(-2000));
      return {
        requests,
        failures: [...said.matchAll(/^failed (.*)$/gm)].map(([, failure = '']) => failure),
        orders: new Map(
          [...said.matchAll(/^order (\S+) (\S+)$/gm)].map(([, key = '', id = '']) => [key, id]),
        ),
      };
    },
  };
}

async function assertStored(query: FeastflowCluster['query'], { orders }: GuestsFound): Promise<void> {
  const rows = await query('SELECT k.key, o.id FROM order_keys k JOIN orders o ON o.id = k.order_id');
  const stored = new Map(
    rows
      .trim()
      .split('\n')
      .map((row) => row.split('|') as [string, string]),
  );
  for (const [key, order] of orders) assert.is(stored.get(key), order, `the order of ${key}`);
  const whole = await query(
    'SELECT count(*) FROM orders o WHERE NOT EXISTS (SELECT FROM order_keys k WHERE k.order_id = o.id) OR NOT EXISTS (SELECT FROM order_items i WHERE i.order_id = o.id) OR NOT EXISTS (SELECT FROM order_changes c WHERE c.order_id = o.id)',
  );
  assert.is(Number(whole), 0, 'orders that are not whole');
}
