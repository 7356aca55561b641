import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RunningWorker } from '../../trial/worker.ts';

/** Looks at the most memory that a process ever held, until it is asked: MiB. */
export function watchPeak({ pid }: RunningWorker): () => number {
  let most = 0;
  const look = async () => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  };
  const timer = setInterval(() => void look(), 50);
  return () => {
    clearInterval(timer);
    return most;
  };
}

/** The CPU seconds of a process so far: what it takes, whatever else runs on the machine. */
export function cpuSeconds({ pid }: RunningWorker): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
