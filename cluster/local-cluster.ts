import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { UsageError } from '@plumbline/validators';
import { endBox } from './box/end.ts';
import { awaitReady, childrenOf, readStatus, runningPid } from './box/running.ts';
import { startBox } from './box/start.ts';
import { sweep } from './box/sweep.ts';
import type { Parts } from './parts.ts';
import {
  type ClusterSpec,
  type ClusterStatus,
  type EmptyNode,
  filesOf,
  type PortMapping,
  type StorageClass,
  standardClass,
} from './spec.ts';

/** A cluster that runs in namespaces of its own. */
export interface LocalCluster {
  /** `kind-<name>` */
  readonly context: string;
  /** Leads to it from the host, absolute. */
  readonly kubeconfig: string;
  /** Its folder, absolute. */
  readonly state: string;
  /** The process whose end ends all. */
  readonly pid: number;
  readonly status: ClusterStatus;
}

export interface LocalClusterOptions {
  readonly name: string;
  /** Its folder, absolute; made when it is not there. A cluster that was stopped there goes on with its data. */
  readonly state: string;
  readonly parts: Parts;
  /** Ends with this process, and leaves nothing; otherwise it runs on until it is ended, and leaves its data. */
  readonly bound: boolean;
  readonly ports?: readonly PortMapping[];
  readonly emptyNodes?: readonly EmptyNode[];
  /** By default the one that a kind cluster has. */
  readonly storageClasses?: readonly StorageClass[];
  readonly progress: (message: string) => void;
}

/** Milliseconds until a cluster must be ready: seconds, on a machine that does nothing else. */
const deadline = 5 * 60_000;

/**
 * Starts a cluster and waits until it is ready.
 * @throws UsageError when one runs in that folder.
 * @throws Error with the cluster's own words when it does not start; nothing is left running then.
 */
export async function startLocalCluster(options: LocalClusterOptions): Promise<LocalCluster> {
  const { name, state, parts, bound, progress } = options;
  const { ports = [], emptyNodes = [], storageClasses = [standardClass] } = options;
  if (runningPid(state) !== undefined) throw new UsageError(`the cluster "${name}" runs already`);
  await mkdir(state, { recursive: true });
  await sweepLeftovers(state);
  const spec: ClusterSpec = {
    name,
    state,
    cgroup: `plumbline-${randomBytes(4).toString('hex')}`,
    binaries: parts.binaries,
    images: parts.images,
    apiPort: await portBefore(state),
    ports,
    storageClasses,
    emptyNodes,
  };
  const leaves = bound ? 'nothing' : 'data';
  const box = await startBox(spec, { bound, leaves });
  try {
    const status = await awaitReady(state, deadline, progress);
    return { ...describe(name, state), pid: box.pid ?? 0, status };
  } catch (error) {
    await endBox(state);
    await sweep({ state, cgroup: spec.cgroup, leaves: 'data' });
    throw error;
  }
}

/** The API server's port when the cluster last ran; 0 where it is new. */
async function portBefore(state: string): Promise<number> {
  const text = await readFile(filesOf(state).kubeconfig, 'utf8').catch(() => '');
  return Number(/https:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1] ?? 0);
}

function describe(name: string, state: string) {
  return { context: `kind-${name}`, kubeconfig: filesOf(state).kubeconfig, state };
}

/** The cluster that runs in a folder; undefined when none does. */
export async function findLocalCluster(state: string): Promise<LocalCluster | undefined> {
  const [pid, status, spec] = [runningPid(state), await readStatus(state), await readSpec(state)];
  if (pid === undefined || status === undefined || spec === undefined) return undefined;
  return { ...describe(spec.name, state), pid, status };
}

/** Ends the cluster of a folder; it may have ended already. */
export async function endLocalCluster(state: string, leaves: 'data' | 'nothing'): Promise<void> {
  await endBox(state);
  const spec = await readSpec(state);
  if (spec !== undefined) await sweep({ state, cgroup: spec.cgroup, leaves });
}

/** True when a folder holds a cluster, running or not. */
export function isClusterFolder(state: string): boolean {
  return existsSync(filesOf(state).spec);
}

/** Removes what a cluster left whose sweeper was killed with it. */
async function sweepLeftovers(state: string): Promise<void> {
  const spec = await readSpec(state);
  if (spec !== undefined) await sweep({ state, cgroup: spec.cgroup, leaves: 'data' });
}

async function readSpec(state: string): Promise<ClusterSpec | undefined> {
  const text = await readFile(filesOf(state).spec, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as ClusterSpec);
}

/**
 * A command line that runs among the cluster's own programs: with its files, its processes and, unless told, its network.
 * @throws UsageError when no cluster runs there.
 */
export function insideCluster(
  state: string,
  argv: readonly string[],
  network: 'own' | 'host' = 'own',
): [string, ...string[]] {
  const pid = runningPid(state);
  const [first] = pid === undefined ? [] : childrenOf(pid);
  if (first === undefined) throw new UsageError(`no cluster runs in ${state}`);
  const enter = ['nsenter', `--target=${first}`, '--mount', '--pid', '--'] as const;
  if (network === 'host') return [...enter, ...argv];
  return [...enter, 'nsenter', '--net=/run/plumbline/network', '--', ...argv];
}
