import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import {
  type EmptyNode,
  endLocalCluster,
  gatherParts,
  type Parts,
  proofTools,
  type StorageClass,
  startLocalCluster,
} from '../../../cluster/index.ts';
import { type Api, apiOf } from './api.ts';

/** The repository's root, absolute. */
export const root = join(import.meta.dirname, '..', '..', '..');

/** A cluster that ends with the test, however the test ends. */
export interface TestCluster {
  readonly state: string;
  readonly pid: number;
  /** Absolute paths of the commands that it is made of, by name. */
  readonly binaries: Parts['binaries'];
  /** Milliseconds from nothing to ready. */
  readonly took: number;
  /** Runs the cluster's own kubectl. @throws Error with its words when it fails. */
  readonly kubectl: (args: readonly string[], options?: KubectlOptions) => Promise<string>;
  /** The same, and every exit status is an answer. */
  readonly ask: (args: readonly string[], options?: KubectlOptions) => Promise<Answer>;
  /** The same server, for what is asked again and again. */
  readonly api: Api;
  readonly end: () => Promise<void>;
}

export interface KubectlOptions {
  readonly stdin?: string;
  /** Milliseconds; a minute unless told. */
  readonly deadline?: number;
}

export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TestClusterOptions {
  readonly emptyNodes?: readonly EmptyNode[];
  readonly storageClasses?: readonly StorageClass[];
  /** docker-archives that the node has besides its own, absolute. */
  readonly images?: readonly string[];
}

/** What `npm run test:cluster` built, or, when a file is run by itself, what is built now. */
export function clusterParts(): Promise<Parts> {
  const given = process.env.PLUMBLINE_CLUSTER_PARTS;
  return given === undefined
    ? gatherParts(root, (message) => process.stderr.write(`${message}\n`), proofTools)
    : Promise.resolve(JSON.parse(given) as Parts);
}

/** Starts a cluster for one test file, in a folder of its own. */
export async function startTestCluster({
  images = [],
  ...options
}: TestClusterOptions = {}): Promise<TestCluster> {
  const gathered = await clusterParts();
  const state = await mkdtemp(join(tmpdir(), 'plumbline-cluster-'));
  const cluster = await startLocalCluster({
    name: 'plumbline',
    state,
    parts: { ...gathered, images: [...gathered.images, ...images] },
    bound: true,
    progress: () => {},
    ...options,
  });
  const api = await apiOf(cluster.kubeconfig);
  const program = gathered.binaries.kubectl ?? 'kubectl';
  const ask = async (args: readonly string[], { stdin, deadline = 60_000 }: KubectlOptions = {}) => {
    const { status, stdout, stderr } = await run(program, args, {
      deadline,
      // It parses the server's whole schema for every object: a third of its time is spent on collecting that.
      env: { KUBECONFIG: cluster.kubeconfig, GOGC: '800' },
      cwd: root,
      ...(stdin === undefined ? {} : { stdin }),
    });
    return { status, stdout: stdout.toString('utf8'), stderr };
  };
  return {
    state,
    pid: cluster.pid,
    binaries: gathered.binaries,
    took: cluster.status.took ?? Number.NaN,
    ask,
    async kubectl(args, more) {
      const { status, stdout, stderr } = await ask(args, more);
      if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr.trim()}`);
      return stdout;
    },
    api,
    end() {
      api.close();
      return endLocalCluster(state, 'nothing');
    },
  };
}
