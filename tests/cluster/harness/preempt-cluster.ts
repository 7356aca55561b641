import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { Given } from '../../../trial/services/open-meteo.ts';
import { preemptImages } from '../images/preempt-images.ts';
import { openMeteoObjects, openMeteoUrl } from './open-meteo-pod.ts';
import { type SystemCluster, startSystemCluster } from './system-cluster.ts';
import { root } from './test-cluster.ts';
import { until } from './until.ts';

/** A cluster with one real node and all that preempt's pods need, and a source of weather in it. */
export interface PreemptCluster extends SystemCluster {
  /** What MySQL answers, a line a row, tabs between columns. */
  readonly query: (sql: string) => Promise<string>;
  /** How many observations are stored; 0 while nobody answers. */
  readonly rows: () => Promise<number>;
  /** Applies the system with a configuration that leads its collector to the source in the cluster. */
  readonly applyWithSource: () => Promise<void>;
  /** Runs the collector once, with all locations due or those that a condition of SQL chooses, until it has ended well. */
  readonly collect: (due?: string) => Promise<void>;
  /** Runs what a CronJob of the system runs, once, as a Job of that name, until it has ended well. */
  readonly run: (cronJob: string, name: string) => Promise<void>;
  /** Waits until the stream is stored, and compares what the source gave with what the table has. */
  readonly assertEachOnce: () => Promise<void>;
}

/** Starts it, with the system's own images built by `npm run images` and the stand-ins for the others loaded. */
export async function startPreemptCluster(): Promise<PreemptCluster> {
  const cluster = await startSystemCluster({
    system: 'preempt',
    namespace: 'preempt',
    standIns: preemptImages,
  });
  const { shell } = cluster;
  const overlay = await overlayWithSource();
  const query = (sql: string) => shell(inMysql(sql));
  const run = async (cronJob: string, name: string) => {
    await shell(`kubectl create job --from=cronjob/${cronJob} ${name} -n preempt`);
    // Each is ended after 240 s by itself: what is not complete then will not be.
    await shell(`kubectl wait --for=condition=complete job/${name} -n preempt --timeout=300s`);
  };
  let runs = 0;
  return {
    ...cluster,
    query,
    rows: async () => Number(await query('SELECT COUNT(*) FROM observations').catch(() => '0')),
    async applyWithSource() {
      await shell(
        `kubectl apply --filename=- <<'END'\n${await openMeteoObjects('preempt-backend:latest')}\nEND`,
      );
      await shell('kubectl rollout status deployment/open-meteo -n open-meteo --timeout=120s');
      // Collected when a test says so.
      await shell(`kubectl apply -k ${join(overlay, 'overlays/kind/preempt')}`);
      await shell(`kubectl patch cronjob collector -n preempt --patch '{"spec":{"suspend":true}}'`);
      await shell('kubectl rollout status deployment/store -n preempt --timeout=560s');
    },
    async collect(due = 'TRUE') {
      runs += 1;
      await until(
        'the locations are due',
        () => query(`UPDATE locations SET collected_at = IF(${due}, NULL, UTC_TIMESTAMP())`),
        120_000,
        2000,
      );
      await run('collector', `collector-${runs}`);
    },
    run,
    assertEachOnce: () => eachOnce(shell, query),
    async end() {
      await rm(overlay, { recursive: true, force: true });
      await cluster.end();
    },
  };
}

/** What a person does who has a source of his own: another URL in the configuration. It is free of the day's budget. */
async function overlayWithSource(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-preempt-'));
  for (const part of ['base', 'overlays'])
    await cp(join(root, part), join(folder, part), { recursive: true });
  const file = join(folder, 'base/preempt/config.yaml');
  const text = await readFile(file, 'utf8');
  const edited = text
    .replace(/^(\s+url:).*$/m, `$1 ${openMeteoUrl}`)
    .replace(/^(\s+daily_budget:).*$/m, '$1 10000000');
  assert.is((parse(edited) as { weather: { source: { url: string } } }).weather.source.url, openMeteoUrl);
  await writeFile(file, edited);
  return folder;
}

function inMysql(sql: string): string {
  const login = '--host=127.0.0.1 --user="$MYSQL_USER" --database="$MYSQL_DATABASE"';
  const client = `MYSQL_PWD="$MYSQL_PASSWORD" mysql ${login} --batch --skip-column-names --execute="$1"`;
  return `kubectl exec deployment/mysql -n preempt -- sh -c '${client}' sh "${sql}"`;
}

type Ask = (line: string) => Promise<string>;

async function eachOnce(shell: Ask, query: Ask): Promise<void> {
  const port = '/api/v1/namespaces/open-meteo/services/open-meteo:8081/proxy/';
  const given = JSON.parse(await shell(`kubectl get --raw ${port}`)) as Given[];
  const values = new Map<string, number>();
  for (const { latitude, longitude, time, values: some } of given) {
    for (const [field, value] of Object.entries(some)) {
      if (value !== null)
        values.set(`${latitude.toFixed(5)} ${longitude.toFixed(5)} ${time} ${field}`, value);
    }
  }
  const count = async () => Number(await query('SELECT COUNT(*) FROM observations'));
  await until(
    'all that was given is stored',
    async () => assert.is(await count(), values.size),
    240_000,
    4000,
  );
  const stored = await query(
    "SELECT l.latitude, l.longitude, DATE_FORMAT(o.observed_at, '%Y-%m-%dT%H:%i'), f.name, o.value " +
      'FROM observations o JOIN locations l ON l.id = o.location_id JOIN fields f ON f.id = o.field_id',
  );
  for (const line of stored.trim().split('\n')) {
    const [latitude, longitude, time, field, value] = line.split('\t');
    assert.is(Number(value), values.get(`${latitude} ${longitude} ${time} ${field}`), line);
  }
  console.log(`${values.size} values in ${given.length} answers of the source, each once in MySQL`);
}
