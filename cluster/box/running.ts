import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterStatus, filesOf } from '../spec.ts';

/** The one process of a cluster, as the host counts; undefined when it does not run. */
export function runningPid(state: string): number | undefined {
  const { pid: file } = filesOf(state);
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8'));
  // Numbers are given anew: it is the cluster's only if its words are.
  const line =
    pid > 0 && existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
  return line.includes('plumbline-cluster') && line.includes(filesOf(state).spec) ? pid : undefined;
}

/** The processes that a process started, as the host counts. */
export function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
}

/** The first process of the cluster's own namespaces, as the host counts. */
export function firstProcess(state: string): number | undefined {
  const pid = runningPid(state);
  return pid === undefined ? undefined : childrenOf(pid)[0];
}

/** What the cluster last said of itself; undefined before it said anything. */
export async function readStatus(state: string): Promise<ClusterStatus | undefined> {
  const text = await readFile(filesOf(state).status, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as ClusterStatus);
}

/**
 * Waits until a cluster is ready.
 * @param deadline milliseconds
 * @param onSays called with each thing that the cluster says of its start
 * @throws Error with the cluster's own words, and where its logs are, when it fails.
 */
export async function awaitReady(
  state: string,
  deadline: number,
  onSays: (says: string) => void,
): Promise<ClusterStatus> {
  const end = performance.now() + deadline;
  let before = '';
  for (;;) {
    const status = await readStatus(state);
    if (status !== undefined && status.says !== before) {
      before = status.says;
      onSays(status.says);
    }
    if (status?.phase === 'ready') return status;
    const ended = runningPid(state) === undefined;
    if (status?.phase === 'failed' || ended || performance.now() > end) {
      const why = status?.phase === 'failed' ? status.says : ended ? 'it ended' : `too late: ${before}`;
      throw new Error(`the cluster did not start: ${why}\nIts logs are in ${filesOf(state).logs}`);
    }
    await sleep(100);
  }
}
