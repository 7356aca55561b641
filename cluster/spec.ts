import { join } from 'node:path';
import type { ComponentState } from './inside/component.ts';

/** A port of the host's loopback that leads to a port of the node. */
export interface PortMapping {
  readonly host: number;
  readonly node: number;
}

/** A node that carries pods without running them. */
export interface EmptyNode {
  readonly name: string;
  /** What it offers, in Kubernetes' quantities. */
  readonly cpu: string;
  readonly memory: string;
  readonly pods: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** A storage class; its volumes are folders of the host. */
export interface StorageClass {
  readonly name: string;
  /** Of claims that name none. */
  readonly default: boolean;
  /** Several nodes may write its volumes. */
  readonly shared: boolean;
}

/** The class that a kind cluster has. */
export const standardClass: StorageClass = { name: 'standard', default: true, shared: false };

/** What a cluster is made from. It stands in its folder as spec.json, for the process that runs the cluster. */
export interface ClusterSpec {
  /** Its kubectl context is `kind-<name>`. */
  readonly name: string;
  /** The cluster's folder on the host, absolute. */
  readonly state: string;
  /** The cgroup below which the node's pods have theirs, one in each hierarchy: `plumbline-1a2b3c`. */
  readonly cgroup: string;
  /** Absolute paths of the commands built from tools/cluster. */
  readonly binaries: Readonly<Record<string, string>>;
  /** docker-archives that the node has from the beginning, absolute. */
  readonly images: readonly string[];
  /** The API server's port of the host; 0 lets the host choose. */
  readonly apiPort: number;
  readonly ports: readonly PortMapping[];
  readonly storageClasses: readonly StorageClass[];
  /** The nodes besides the real one. */
  readonly emptyNodes: readonly EmptyNode[];
}

export type ClusterPhase = 'starting' | 'ready' | 'failed' | 'stopping';

/** What the running cluster says of itself, in its folder's status.json. */
export interface ClusterStatus {
  readonly phase: ClusterPhase;
  /** What goes on, or why it failed. */
  readonly says: string;
  /** Milliseconds from the start until it was ready. */
  readonly took?: number;
  /** Its programs, each with its process as the cluster's own namespace counts. */
  readonly components: Readonly<Record<string, ComponentState>>;
}

/** The files of a cluster's folder on the host. */
export function filesOf(state: string) {
  return {
    spec: join(state, 'spec.json'),
    status: join(state, 'status.json'),
    /** Leads to the cluster from the host. */
    kubeconfig: join(state, 'kubeconfig'),
    /** Of the process whose end ends all, as the host counts. */
    pid: join(state, 'pid'),
    /** Commands for whoever works with the cluster. */
    bin: join(state, 'bin'),
    logs: join(state, 'log'),
    keys: join(state, 'pki'),
    data: join(state, 'data'),
  } as const;
}
