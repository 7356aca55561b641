import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, firstProcess, runningPid } from './running.ts';

/** Milliseconds that a cluster has to end in peace. */
const patience = 20_000;

/** Ends a cluster: in peace, then by force. Resolves when its one process is gone. */
export async function endBox(state: string): Promise<void> {
  const pid = runningPid(state);
  if (pid === undefined) return;
  const first = firstProcess(state);
  const [runner] = first === undefined ? [] : childrenOf(first);
  signal(runner, 'SIGTERM');
  const end = performance.now() + patience;
  while (runningPid(state) === pid && performance.now() < end) await sleep(100);
  if (runningPid(state) === pid) signal(pid, 'SIGKILL');
  while (runningPid(state) === pid) await sleep(50);
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself.
  }
}
