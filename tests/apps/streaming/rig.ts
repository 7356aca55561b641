import { existsSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { join } from 'node:path';
import { connectRegistry, encoder } from '../../../apps/streaming/registry/index.ts';
import type { Order, Product } from '../../../apps/streaming/shop/shop.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { flinkState } from '../../../trial/services/flink.ts';
import { type StreamingServices, startStreamingServices } from '../../../trial/streaming.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { until } from '../../../trial/until.ts';
import { root } from '../../house/repository.ts';

/** The kustomize that the runner found. */
export const kustomize = process.env.KUSTOMIZE ?? 'kustomize';

/** Kafka, registry and Flink as the overlay of kind has them, for one test file. */
export interface Rig {
  readonly trial: Trial;
  readonly services: StreamingServices;
  readonly close: () => Promise<void>;
}

export async function openRig(): Promise<Rig> {
  const trial = await openTrial(await renderSystem(root, kustomize, 'kind', 'streaming'), {
    say: (message) => process.stderr.write(`${message}\n`),
  });
  try {
    const services = await startStreamingServices(trial);
    return { trial, services, close: trial.close };
  } catch (error) {
    await trial.close();
    throw error;
  }
}

/** Encodes orders and products with the ids that the registry gave to the newest schemas. */
export async function encoders(registryUrl: string) {
  const registry = connectRegistry({ url: registryUrl });
  return {
    order: await encoder<Order>(registry, 'orders', 'order'),
    product: await encoder<Product>(registry, 'products', 'product'),
  };
}

/** Shorter waits than production's, so that there are many checkpoints to fail in, and results to compare. */
export const quicker = (sql: string) =>
  sql
    .replace("'execution.checkpointing.interval' = '10 s'", "'execution.checkpointing.interval' = '2 s'")
    .replace("'execution.checkpointing.min-pause' = '2 s'", "'execution.checkpointing.min-pause' = '200 ms'")
    .replace("'scan.watermark.idle-timeout' = '10 s'", "'scan.watermark.idle-timeout' = '4 s'");

/** What Flink's REST API says of a job. */
export interface JobState {
  readonly id: string;
  readonly state: string;
  /** Of its tasks, those that do not run. */
  readonly waiting: number;
}

interface Overview {
  readonly jobs: readonly {
    readonly jid: string;
    readonly name: string;
    readonly state: string;
    readonly tasks: { readonly total: number; readonly running: number };
  }[];
}

interface Checkpoints {
  readonly counts: { readonly in_progress: number; readonly completed: number; readonly restored: number };
}

async function ask<Answer>(url: string): Promise<Answer> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return (await answer.json()) as Answer;
}

/** The jobs of that name, ended ones too. */
export async function jobsOf({ services }: Rig, name = 'revenue-per-minute'): Promise<JobState[]> {
  const { jobs } = await ask<Overview>(`${services.flink.url}/jobs/overview`);
  return jobs
    .filter((job) => job.name === name)
    .map(({ jid, state, tasks }) => ({ id: jid, state, waiting: tasks.total - tasks.running }));
}

export async function checkpointsOf({ services }: Rig, id: string): Promise<Checkpoints['counts']> {
  return (await ask<Checkpoints>(`${services.flink.url}/jobs/${id}/checkpoints`)).counts;
}

/**
 * Resolves within a few milliseconds of the beginning of a checkpoint, after at least one more has been completed.
 * Flink makes a checkpoint's folder when it begins and writes `_metadata` when it is complete. Its REST API is of no
 * use for this: what it says of checkpoints may be three seconds old (`rest.cache.checkpoint-statistics.timeout`).
 */
export async function withinCheckpoint(rig: Rig, id: string): Promise<void> {
  const { completed } = await checkpointsOf(rig, id);
  const more = async () => (await checkpointsOf(rig, id)).completed > completed;
  await until(more, { deadline: 120_000, what: 'another completed checkpoint' });
  const folder = join(flinkState(rig.trial), 'checkpoints', id);
  for await (const { filename } of watch(folder, { signal: AbortSignal.timeout(60_000) })) {
    if (!filename?.startsWith('chk-') || !existsSync(join(folder, filename))) continue;
    if (!existsSync(join(folder, filename, '_metadata'))) return;
  }
}

/** Waits until all tasks of a job run that was restored. */
export async function recovered(rig: Rig, id: string): Promise<void> {
  await until(
    async () => {
      const [job] = (await jobsOf(rig)).filter((one) => one.id === id);
      if (job?.state !== 'RUNNING' || job.waiting > 0) return false;
      const { restored, completed } = await checkpointsOf(rig, id);
      return restored > 0 && completed > 0;
    },
    { deadline: 120_000, what: 'the job again', every: 200 },
  );
}
