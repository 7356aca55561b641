import { readFile } from 'node:fs/promises';
import type { RunningWorker } from '../../../trial/worker.ts';

/** Looks at the most memory that a process ever held, until it is asked: MiB. */
export function watchMemory({ pid }: RunningWorker): () => number {
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
