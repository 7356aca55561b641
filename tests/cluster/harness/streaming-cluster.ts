import * as assert from 'uvu/assert';
import type { Committed } from '../../apps/streaming/committed.ts';
import { expectedRevenue, minuteOf, type Sum } from '../../apps/streaming/expected-revenue.ts';
import { streamingImages } from '../images/streaming-images.ts';
import { type Records, readRecords } from './streaming-records.ts';
import { type SystemCluster, startSystemCluster } from './system-cluster.ts';
import { until } from './until.ts';

/** A cluster with one real node and all that streaming's pods need. */
export interface StreamingCluster extends SystemCluster {
  /** What Flink's REST API answers to a path, asked in the JobManager's pod. */
  readonly flink: <Answer>(path: string) => Promise<Answer>;
  /** Runs something, and waits until the job has completed a checkpoint that began after it. */
  readonly recoversFrom: (fault: () => Promise<unknown>) => Promise<void>;
  /**
   * Ends the producer, and waits until the committed sums of all minutes that its orders have closed are, each once, what
   * an independent count of the committed orders and products makes; then the producer begins again.
   * @returns how many orders these are
   */
  readonly assertExact: () => Promise<number>;
}

const namespace = 'streaming';

/** Starts it, with the system's own images built by `npm run images` and the stand-ins for the others loaded. */
export async function startStreamingCluster(): Promise<StreamingCluster> {
  return streamingIn(await startSystemCluster({ system: 'streaming', namespace, standIns: streamingImages }));
}

export function streamingIn(cluster: SystemCluster): StreamingCluster {
  const flink = async <Answer>(path: string) =>
    JSON.parse(
      await cluster.shell(
        `kubectl exec deployment/flink-jobmanager -n ${namespace} -- curl --silent --fail --max-time 20 http://localhost:8081${path}`,
      ),
    ) as Answer;
  return {
    ...cluster,
    flink,
    recoversFrom: (fault) => recoversFrom(flink, fault),
    assertExact: () => assertExact(cluster),
  };
}

interface Jobs {
  readonly jobs: readonly { readonly jid: string; readonly name: string; readonly state: string }[];
}

/** The newest complete checkpoint of the job that runs; their numbers go on when a JobManager takes over. */
async function newestCheckpoint(flink: StreamingCluster['flink']): Promise<number> {
  const { jobs } = await flink<Jobs>('/jobs/overview');
  const running = jobs.find(({ name, state }) => name === 'revenue-per-minute' && state === 'RUNNING');
  if (running === undefined) throw new Error(`no job runs: ${JSON.stringify(jobs)}`);
  const { latest } = await flink<{ latest: { completed: { id: number } | null } }>(
    `/jobs/${running.jid}/checkpoints`,
  );
  if (latest.completed === null) throw new Error('it has completed no checkpoint yet');
  return latest.completed.id;
}

async function recoversFrom(flink: StreamingCluster['flink'], fault: () => Promise<unknown>): Promise<void> {
  await fault();
  let before: number | undefined;
  const look = async () => {
    const newest = await newestCheckpoint(flink);
    // What Flink says of checkpoints may be some seconds old, and one may have been under way.
    before ??= newest;
    assert.ok(newest >= before + 2, `checkpoint ${newest}, first seen ${before}`);
  };
  await until('the job completes checkpoints again', look, 480_000, 2000);
}

async function assertExact(cluster: SystemCluster): Promise<number> {
  const producers = (count: number) =>
    cluster.shell(`kubectl scale deployment streaming-producer --replicas=${count} -n ${namespace}`);
  await producers(0);
  await cluster.shell(
    `kubectl wait --for=delete pod -l app=streaming-producer -n ${namespace} --timeout=180s`,
  );
  let counted = 0;
  const look = async () => {
    const { orders, products, revenue } = await readRecords(cluster);
    const over = closedBefore(orders);
    const sent = orders.map(({ value, timestamp = 0 }) => ({ order: value, sentAt: timestamp }));
    const expected = expectedRevenue(
      sent,
      products.map(({ value }) => value),
      over,
    );
    const found = revenue
      .filter(({ value }) => value.minute < over)
      .map(
        ({ value }): Row => [
          minuteOf(value.category, value.minute),
          { orders: value.orders, items: value.items, revenue_cents: value.revenue_cents },
        ],
      );
    const unsure = minutesOfLateProducts(products);
    assertSameSums(inWhole(found, unsure), inWhole([...expected], unsure));
    counted = [...expected.values()].reduce((sum, one) => sum + one.orders, 0);
    console.log(
      `${expected.size} sums of ${counted} orders (${orders.length} in the topic), each once and as counted elsewhere`,
    );
  };
  await until('every sum is what the topics make', look, 480_000, 5000);
  await producers(1);
  return counted;
}

/** Behind the newest order of each partition, by what the job waits for later ones. */
const waitsFor = 36_000;

/** The end of the last minute that the records themselves have closed: the job's watermark is that of the slowest partition. */
function closedBefore(orders: readonly Committed<unknown>[]): number {
  const newest = new Map<number, number>();
  for (const { partition, timestamp = 0 } of orders)
    newest.set(partition, Math.max(newest.get(partition) ?? 0, timestamp));
  return Math.floor((Math.min(...newest.values()) - waitsFor) / 60_000) * 60_000;
}

type Row = readonly [string, Sum];

/**
 * The minutes in which a product was changed, until the change was sent, where that was held up by a fault: the category
 * that these minutes count it in is of the moment (decision 124).
 */
function minutesOfLateProducts(products: Records['products']): ReadonlySet<string> {
  const minutes = new Set<string>();
  const newest = new Map<string, number>();
  for (const { value, timestamp = 0 } of products) {
    const before = newest.get(value.product_id);
    newest.set(value.product_id, Math.max(before ?? 0, value.updated_at));
    // Nobody orders what was not announced, and a producer that begins announces all again.
    if (before === undefined || before >= value.updated_at || timestamp - value.updated_at < 20_000) continue;
    for (let at = Math.floor(value.updated_at / 60_000) * 60_000; at <= timestamp; at += 60_000)
      minutes.add(minuteOf('', at));
  }
  return minutes;
}

/** The sums, and one for all categories of each of these minutes. */
function inWhole(rows: readonly Row[], minutes: ReadonlySet<string>): Row[] {
  const kept: Row[] = [];
  const whole = new Map<string, Sum>();
  for (const [key, sum] of rows) {
    const minute = key.slice(0, key.indexOf(' ') + 1);
    if (!minutes.has(minute)) {
      kept.push([key, sum]);
      continue;
    }
    const { orders, items, revenue_cents } = whole.get(minute) ?? { orders: 0, items: 0, revenue_cents: 0 };
    whole.set(minute, {
      orders: orders + sum.orders,
      items: items + sum.items,
      revenue_cents: revenue_cents + sum.revenue_cents,
    });
  }
  return [...kept, ...whole];
}

/** Names what is missing, what is there twice or otherwise. */
function assertSameSums(found: readonly Row[], expected: readonly Row[]): void {
  const [left, right] = [found, expected].map((rows) => rows.map((row) => JSON.stringify(row)).sort());
  const differs = (some: readonly string[] = [], others: readonly string[] = []) => {
    const rest = [...others];
    return some.filter((row) => {
      const at = rest.indexOf(row);
      if (at >= 0) rest.splice(at, 1);
      return at < 0;
    });
  };
  const [wrong, missing] = [differs(left, right), differs(right, left)];
  assert.ok(
    wrong.length + missing.length === 0,
    `there and not expected: ${wrong.slice(0, 5).join(' ')}; expected and not there: ${missing.slice(0, 5).join(' ')}; ${found.length} found, ${expected.length} expected`,
  );
}
