import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import type { System } from './overlay/system.ts';
import { guard, release } from './process/guard.ts';
import type { Running } from './process/start.ts';

/** What runs the published images: containers of them, or processes of the same versions. */
export type Engine = 'docker' | 'processes';

/** One system on this machine, for a test or for a person: what runs, where its files are, where its names lead. */
export interface Trial {
  readonly system: System;
  readonly engine: Engine;
  /** Everything that it writes; removed at the end. */
  readonly folder: string;
  /** Where the names of the cluster lead here; services add theirs when they start. */
  readonly addresses: Map<string, string>;
  /** Options of every Java: a compiler that has done sooner and a collector with one thread; none for a measurement. */
  readonly jvm: string;
  readonly say: (message: string) => void;
  /** Takes something into its care: it is stopped at the end, the last one first. */
  readonly keep: (running: Running) => Running;
  /** Stops everything and removes the folder. */
  readonly close: () => Promise<void>;
}

export interface TrialOptions {
  readonly engine?: Engine;
  readonly say?: (message: string) => void;
  /** For what runs long enough to be measured: Java compiles as it does in production. */
  readonly measures?: boolean;
  /** Leaves the folder, with all logs, when it ends. */
  readonly keepFolder?: boolean;
}

/** For processes that are started and killed more often than they run for long: a broker's start takes half the CPU. */
const quickly = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC';

/** Begins a trial of a rendered system; nothing runs yet. */
export async function openTrial(system: System, options: TrialOptions = {}): Promise<Trial> {
  const { say = () => {}, keepFolder = false, measures = false } = options;
  const engine = options.engine ?? (await pickEngine());
  // Short, since the path of a socket may have 107 characters.
  const folder = await mkdtemp(join(tmpdir(), 'trial-'));
  if (!keepFolder) guard(folder);
  const running: Running[] = [];
  return {
    system,
    engine,
    folder,
    say,
    addresses: new Map(),
    jvm: measures ? '' : quickly,
    keep(one) {
      running.push(one);
      return one;
    },
    async close() {
      for (const one of running.reverse()) await one.stop();
      if (keepFolder) return;
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
      release(folder);
    },
  };
}

/** PLUMBLINE_ENGINE, else docker where its engine answers, else processes. */
export async function pickEngine(): Promise<Engine> {
  const wanted = process.env.PLUMBLINE_ENGINE;
  if (wanted === 'docker' || wanted === 'processes') return wanted;
  const info = ['info', '--format', '{{.ServerVersion}}'];
  const answer = await run('docker', info, { deadline: 10_000 }).catch(() => undefined);
  return answer?.status === 0 ? 'docker' : 'processes';
}
