import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { table } from '@plumbline/validators';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { startStreamingServices, submitJob } from '../../../trial/streaming.ts';
import { openTrial } from '../../../trial/trial.ts';
import { until } from '../../../trial/until.ts';
import type { BenchOptions } from '../../bench.ts';
import { median } from '../../lib/median.ts';
import { root } from '../../lib/root.ts';
import { repositoryTools } from '../../lib/tools.ts';
import { paired } from '../paired.ts';
import type { Part } from '../part.ts';
import { fill } from './fill.ts';

/** Orders of the backlog. */
const orders = 600_000;
const deadline = 10 * 60_000;

/**
 * Times the job on a backlog of orders, from the first one that is read to the last, beside a job that reads and writes the
 * same orders and does nothing else: what comes behind holds each up. One after the other on the same cluster, in turns.
 */
export async function benchJob({ rounds, say }: BenchOptions): Promise<Part> {
  const tools = await repositoryTools(say);
  const trial = await openTrial(await renderSystem(root, tools.kustomize, 'kind', 'streaming'), {
    say,
    measures: true,
  });
  try {
    const { kafka, registry, flink } = await startStreamingServices(trial, {
      // The JobManager asks for figures every ten seconds, which is most of what is timed here.
      settings: { 'metrics.fetcher.update-interval': '250' },
    });
    say(`${orders} orders into the topic`);
    await fill(kafka.address, registry.url, orders);
    const passThrough = await readFile(join(import.meta.dirname, 'pass-through.sql'), 'utf8');
    const map = (sql: string) =>
      sql
        .replaceAll('kafka-service:9092', kafka.address)
        .replaceAll('http://schema-registry:8081/apis/ccompat/v7', registry.url);
    /** Gives a job to the cluster; orders a second until it has read all. */
    const time = async (name: string, label: string, edit: (sql: string) => string) => {
      await submitJob(trial, { label, edit, env: { JOB_NAME: name, START_FROM: 'nothing' } });
      const ask = async (path: string) => {
        const answer = await fetch(`${flink.url}${path}`, { signal: AbortSignal.timeout(10_000) });
        if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
        return answer.json();
      };
      const overview = (await ask('/jobs/overview')) as {
        jobs: { jid: string; name: string; state: string }[];
      };
      const id = overview.jobs.find((job) => job.name === name && job.state === 'RUNNING')?.jid;
      const { vertices } = (await ask(`/jobs/${id}`)) as { vertices: { id: string; name: string }[] };
      const counter = async (wanted: RegExp) => {
        for (const vertex of vertices) {
          const path = `/jobs/${id}/vertices/${vertex.id}/subtasks/metrics`;
          const found = ((await ask(path)) as { id: string }[]).find((metric) => wanted.test(metric.id));
          if (found === undefined) continue;
          return async () => {
            const [answer] = (await ask(`${path}?get=${encodeURIComponent(found.id)}&agg=sum`)) as {
              sum: number;
            }[];
            return answer?.sum ?? 0;
          };
        }
        return undefined;
      };
      const options = { deadline, every: 100 };
      const read = await until(() => counter(/^Source__orders\S*\.numRecordsOut$/), {
        ...options,
        what: `the metrics of ${name}`,
      });
      await until(async () => (await read()) > 0, { ...options, what: `the first order of ${name}` });
      const begun = performance.now();
      const first = await read();
      await until(async () => (await read()) >= orders, { ...options, what: `the last order of ${name}` });
      const rate = (orders - first) / ((performance.now() - begun) / 1000);
      const late = (await (await counter(/^late_orders\S*Writer\.numRecordsIn$/))?.()) ?? 0;
      // However slow it is, and however unlike its partitions are read.
      if (late > 0) throw new Error(`${name} took ${late} orders for late, and none is`);
      await fetch(`${flink.url}/jobs/${id}?mode=cancel`, {
        method: 'PATCH',
        signal: AbortSignal.timeout(10_000),
      });
      await until(
        async () => {
          const { jobs } = (await ask('/jobs/overview')) as { jobs: { jid: string; state: string }[] };
          return jobs.find((job) => job.jid === id)?.state === 'CANCELED';
        },
        { deadline: 60_000, what: `the end of ${name}` },
      );
      return rate;
    };
    const found = { through: [] as number[], job: [] as number[] };
    for (let round = 0; round <= rounds; round += 1) {
      // The one file that the Job mounts is the one that changes.
      const both = [
        async () => found.through.push(await time('pass-through', `through${round}`, () => map(passThrough))),
        async () => found.job.push(await time('revenue-per-minute', `job${round}`, (sql) => sql)),
      ];
      for (const one of round % 2 === 0 ? both : both.reverse()) await one();
      const told = Object.entries(found).map(([name, all]) => `${name} ${Math.round(all.at(-1) ?? 0)}/s`);
      say(`round ${round} of ${rounds}: ${told.join(', ')}`);
      // The first one is Java's, which compiles.
      if (round === 0) for (const all of Object.values(found)) all.length = 0;
    }
    const [limit, job] = [median(found.through), median(found.job)];
    const { ratio, told } = paired(found.job, found.through);
    const shown = [
      ['', 'orders/s', 'ratio', ''],
      [
        'pass-through',
        String(Math.round(limit)),
        '1.00',
        'orders read and written, both as Avro, exactly once: the limit',
      ],
      ['job', String(Math.round(job)), told, 'judged, joined and summed, exactly once'],
    ];
    return {
      text: table(shown, [1, 2]).join('\n'),
      figures: [
        `job=${ratio.toFixed(2)}`,
        `job_orders_s=${Math.round(job)}`,
        `pass_through_orders_s=${Math.round(limit)}`,
      ],
    };
  } finally {
    await trial.close();
  }
}
