import { describeResource, type Finding } from '../finding.ts';
import type { Model } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import type { Flows } from './flows.ts';
import { describePorts } from './ports.ts';

/** What a node of the picture stands for. */
export type NodeKind = 'workload' | 'service' | 'claim' | 'ingress' | 'outside';

/** One thing in the picture. */
export interface TopologyNode {
  readonly id: string;
  readonly kind: NodeKind;
  /** `api`, `mysql`: its name. */
  readonly name: string;
  /** `Deployment`, `Service`, ... */
  readonly type: string;
  readonly namespace: string;
  /** Lines that say more: replicas, ports, size. */
  readonly details: readonly string[];
  /** What was found wrong with it. */
  readonly findings: readonly string[];
}

/** One line of the picture. */
export interface TopologyEdge {
  readonly from: string;
  readonly to: string;
  /** A flow leads to what answers; a Service leads to its pods; a pod keeps data on a claim. */
  readonly kind: 'flow' | 'route' | 'serves' | 'mounts';
  readonly label: string;
  /** False for a flow that policies cut, or that leads nowhere. */
  readonly allowed: boolean;
}

/** A target as a picture: who runs, who talks to whom through what, and where data is kept. */
export interface Topology {
  readonly target: string;
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
  /** What was found wrong with objects that are not in the picture: ConfigMaps, policies, accounts. */
  readonly others: readonly { readonly name: string; readonly finding: string }[];
}

function workloadId({ kind, namespace, name }: Pick<Workload, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace}/${name}`;
}

function replicas({ kind, replicas: { min, max } }: Workload): string[] {
  if (kind === 'Job' || kind === 'CronJob') return [];
  return [min === max ? `${max} ${max === 1 ? 'pod' : 'pods'}` : `${min} to ${max} pods`];
}

/** The topology of one target, with its findings at the nodes that they are about. */
export function topologyOf(
  target: string,
  model: Model,
  flows: Flows,
  findings: readonly Finding[],
): Topology {
  const wrong = Map.groupBy(
    findings.filter(({ resource }) => resource !== undefined),
    ({ resource }) => (resource === undefined ? '' : describeResource(resource)),
  );
  const about = (id: string) => (wrong.get(id) ?? []).map(({ rule, message }) => `${rule}: ${message}`);
  const nodes = new Map<string, TopologyNode>();
  const edges = new Map<string, TopologyEdge>();
  const node = (id: string, value: Omit<TopologyNode, 'id' | 'findings'>, mistakes = about(id)) => {
    if (!nodes.has(id)) nodes.set(id, { ...value, id, findings: mistakes });
  };
  const edge = (value: TopologyEdge) => {
    const key = `${value.from} ${value.to} ${value.kind}`;
    const before = edges.get(key);
    edges.set(key, before === undefined ? value : { ...before, allowed: before.allowed && value.allowed });
  };
  for (const workload of model.workloads) {
    const { kind, name, namespace } = workload;
    const schedule = (workload.object.spec as { schedule?: string } | undefined)?.schedule;
    const details = [...replicas(workload), ...(schedule === undefined ? [] : [schedule])];
    node(workloadId(workload), { kind: 'workload', name, type: kind, namespace, details });
    for (const volume of workload.pod.volumes ?? []) {
      const claim = volume.persistentVolumeClaim?.claimName;
      if (claim === undefined) continue;
      const id = `PersistentVolumeClaim ${namespace}/${claim}`;
      node(id, {
        kind: 'claim',
        name: claim,
        type: 'PersistentVolumeClaim',
        namespace,
        details: claimSize(model, namespace, claim),
      });
      edge({ from: workloadId(workload), to: id, kind: 'mounts', label: '', allowed: true });
    }
    const templates =
      ((workload.object.spec ?? {}) as { volumeClaimTemplates?: readonly ClaimTemplate[] })
        .volumeClaimTemplates ?? [];
    for (const { metadata, spec } of templates) {
      const claim = metadata?.name ?? '';
      const id = `PersistentVolumeClaim ${namespace}/${claim}-${name}`;
      const size = spec?.resources?.requests?.storage;
      node(id, {
        kind: 'claim',
        name: claim,
        type: 'one claim a pod',
        namespace,
        details: size === undefined ? [] : [size],
      });
      edge({ from: workloadId(workload), to: id, kind: 'mounts', label: '', allowed: true });
    }
  }
  for (const { from, to, destination, service, told, verdict } of flows.flows) {
    const label = told.by;
    if (service !== undefined) {
      const id = `Service ${service.namespace}/${service.name}`;
      node(id, {
        kind: 'service',
        name: service.name,
        type: 'Service',
        namespace: service.namespace,
        details: [describePorts(service)],
      });
      edge({ from: workloadId(from), to: id, kind: 'flow', label, allowed: verdict.allowed });
      if (to !== undefined) edge({ from: id, to: workloadId(to), kind: 'serves', label: '', allowed: true });
    } else if (to === undefined) {
      const id = `outside ${destination}`;
      node(id, {
        kind: 'outside',
        name: destination,
        type: 'outside the cluster',
        namespace: '',
        details: [],
      });
      edge({ from: workloadId(from), to: id, kind: 'flow', label, allowed: verdict.allowed });
    }
  }
  for (const { told, reason } of flows.deadEnds) {
    const id = `nothing ${told.address.text}`;
    const value = { kind: 'outside', name: told.address.text, type: 'leads nowhere' } as const;
    node(id, { ...value, namespace: '', details: [] }, [reason]);
    edge({ from: workloadId(told.workload), to: id, kind: 'flow', label: told.by, allowed: false });
  }
  for (const { typed, namespace, name } of model.ingresses) {
    const id = `Ingress ${namespace}/${name}`;
    const hosts = [...new Set((typed.spec?.rules ?? []).map(({ host }) => host ?? '*'))];
    node(id, { kind: 'ingress', name, type: 'Ingress', namespace, details: hosts });
    for (const { http } of typed.spec?.rules ?? []) {
      for (const { path, backend } of http?.paths ?? []) {
        const service = model.service(namespace, backend.service?.name ?? '');
        const to = `Service ${namespace}/${backend.service?.name}`;
        if (service === undefined) {
          node(to, {
            kind: 'service',
            name: backend.service?.name ?? '',
            type: 'no such Service',
            namespace,
            details: [],
          });
        } else {
          node(to, {
            kind: 'service',
            name: service.name,
            type: 'Service',
            namespace,
            details: [describePorts(service)],
          });
          for (const workload of model.behind(service))
            edge({ from: to, to: workloadId(workload), kind: 'serves', label: '', allowed: true });
        }
        edge({ from: id, to, kind: 'route', label: path ?? '/', allowed: service !== undefined });
      }
    }
  }
  const others = findings
    .filter(({ resource }) => resource === undefined || !nodes.has(describeResource(resource)))
    .map(({ rule, resource, message }) => ({
      name: resource === undefined ? target : describeResource(resource),
      finding: `${rule}: ${message}`,
    }));
  return { target, nodes: [...nodes.values()], edges: [...edges.values()], others };
}

interface ClaimTemplate {
  readonly metadata?: { readonly name?: string };
  readonly spec?: { readonly resources?: { readonly requests?: { readonly storage?: string } } };
}

function claimSize(model: Model, namespace: string, name: string): string[] {
  const claim = model.claims.find(
    (candidate) => candidate.namespace === namespace && candidate.name === name,
  );
  const size = claim?.typed.spec?.resources?.requests?.storage;
  return size === undefined ? ['not there'] : [String(size)];
}
