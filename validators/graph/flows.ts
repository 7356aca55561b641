import type { Service } from '../model/kubernetes.ts';
import type { Model, Typed } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import { hasNoEndpoints } from './endpoints.ts';
import { connection, type Verdict } from './policy.ts';
import { declaredPorts, describePorts, isHeadless, targetPort } from './ports.ts';
import { type Resolution, resolveHost } from './resolve.ts';
import { type Told, whatIsTold } from './told.ts';

/** A connection that a workload is told to make. */
export interface Flow {
  readonly from: Workload;
  /** The workload that answers; undefined for what lies outside the target. */
  readonly to: Workload | undefined;
  /** `mysql:3306`, `api.open-meteo.com:443`: the address as it resolves. */
  readonly destination: string;
  readonly service: Typed<Service> | undefined;
  /** The pod's port, or the outside one's. */
  readonly port: number | undefined;
  readonly told: Told;
  readonly verdict: Verdict;
}

/** An address that leads nowhere. */
export interface DeadEnd {
  readonly told: Told;
  readonly kind: 'no-service' | 'no-port' | 'no-pods' | 'no-endpoints';
  readonly reason: string;
  readonly meant: string | undefined;
}

/** What a target's workloads are told to connect to, and where that leads. */
export interface Flows {
  readonly flows: readonly Flow[];
  readonly deadEnds: readonly DeadEnd[];
  /** What could not be judged from this target alone: addresses in namespaces that it does not hold. */
  readonly elsewhere: readonly { readonly told: Told; readonly namespace: string }[];
}

/** Infers every flow of a target from what its workloads are told. */
export function inferFlows(model: Model): Flows {
  const flows = new Map<string, Flow>();
  const deadEnds: DeadEnd[] = [];
  const elsewhere: { told: Told; namespace: string }[] = [];
  const reached = new Set<string>();
  const add = (flow: Flow) => {
    if (flow.told.shared && flow.verdict.allowed) reached.add(sharedKey(flow));
    const { from, to, port, destination } = flow;
    const end = to === undefined ? destination : `${to.kind} ${to.namespace}/${to.name}`;
    const key = `${from.kind} ${from.namespace}/${from.name} -> ${end}:${port}`;
    const before = flows.get(key);
    // Of several ways to say the same, the one that a workload has to itself says most.
    if (before === undefined || (before.told.shared && !flow.told.shared)) flows.set(key, flow);
  };
  for (const told of whatIsTold(model)) {
    const { workload, address } = told;
    if ((workload.pod.hostAliases ?? []).some(({ hostnames }) => hostnames?.includes(address.host))) continue;
    const resolution = resolveHost(model, workload.namespace, address.host);
    switch (resolution.to) {
      case 'itself':
        break;
      case 'elsewhere':
        elsewhere.push({ told, namespace: resolution.namespace });
        break;
      case 'outside': {
        if (address.lookup === true) break;
        const verdict = connection(model, workload, { outside: true }, address.port);
        const destination = `${resolution.host}${address.port === undefined ? '' : `:${address.port}`}`;
        add({
          from: workload,
          to: undefined,
          destination,
          service: undefined,
          port: address.port,
          told,
          verdict,
        });
        break;
      }
      case 'nothing':
        if (isMeant(told, resolution)) {
          deadEnds.push({ told, kind: 'no-service', reason: resolution.reason, meant: resolution.meant });
        }
        break;
      case 'service':
        viaService(model, told, resolution.service, add, deadEnds);
        break;
      case 'pod':
        toPod(model, told, resolution.service, resolution.workload, add, deadEnds);
        break;
    }
  }
  // Of the workloads that read one shared file, those meant to use an address in it are those that the policies let
  // through; only when they let none through is the address cut for all of them.
  const meant = [...flows.values()].filter(
    (flow) => !flow.told.shared || flow.verdict.allowed || !reached.has(sharedKey(flow)),
  );
  // Two containers of one workload may read the same line of the same file.
  const once = new Map(
    deadEnds.map((end) => {
      const { workload, object, path, address } = end.told;
      const ends = `${workload.kind} ${workload.name} ${object.kind} ${object.metadata.name} ${path} ${address.host}:${address.port}`;
      return [ends, end];
    }),
  );
  return { flows: meant, deadEnds: [...once.values()], elsewhere };
}

/** A name that no Service has is an error when the text is surely an address, or nearly names one that there is. */
function isMeant(told: Told, resolution: Extract<Resolution, { to: 'nothing' }>): boolean {
  return told.address.certainty === 'told' || resolution.meant !== undefined;
}

function viaService(
  model: Model,
  told: Told,
  service: Typed<Service>,
  add: (flow: Flow) => void,
  deadEnds: DeadEnd[],
): void {
  const { workload: from, address } = told;
  const ports = service.typed.spec?.ports ?? [];
  const wanted = address.port ?? (ports.length === 1 ? ports[0]?.port : undefined);
  const behind = model.behind(service).filter(({ serves }) => serves);
  // A metrics or log collector may take the same number by UDP alone.
  const sameNumber = ports.filter((candidate) => candidate.port === wanted);
  const port = sameNumber.find(({ protocol = 'TCP' }) => protocol === 'TCP') ?? sameNumber[0];
  const direct =
    isHeadless(service) && wanted !== undefined
      ? behind.filter((workload) => declaredPorts(workload).some(({ number }) => number === wanted))
      : [];
  if (wanted !== undefined && port === undefined && direct.length === 0) {
    const reason = `Service ${service.name} has ${describePorts(service)}, not ${wanted}`;
    const only = ports.length === 1 ? ports[0]?.port : undefined;
    deadEnds.push({
      told,
      kind: 'no-port',
      reason,
      meant: only === undefined ? undefined : `${service.name}:${only}`,
    });
    return;
  }
  if (behind.length === 0 && Object.keys(service.typed.spec?.selector ?? {}).length > 0) {
    deadEnds.push({
      told,
      kind: 'no-pods',
      reason: `Service ${service.name} selects no pods`,
      meant: undefined,
    });
    return;
  }
  if (address.lookup === true) return;
  if (hasNoEndpoints(model, service)) {
    const reason = `Service ${service.name} has no selector, and nothing gives it endpoints`;
    deadEnds.push({ told, kind: 'no-endpoints', reason, meant: undefined });
    return;
  }
  for (const to of behind) {
    const number =
      isHeadless(service) && direct.includes(to)
        ? wanted
        : port === undefined
          ? undefined
          : targetPort(port, to);
    const verdict = connection(model, from, to, number, port?.protocol ?? 'TCP');
    const destination = `${service.name}${wanted === undefined ? '' : `:${wanted}`}`;
    add({ from, to, destination, service, port: number, told, verdict });
  }
}

function toPod(
  model: Model,
  told: Told,
  service: Typed<Service>,
  to: Workload,
  add: (flow: Flow) => void,
  deadEnds: DeadEnd[],
): void {
  const { workload: from, address } = told;
  const declared = declaredPorts(to);
  // Told of its own pods without a port, a server means the port that it knows itself.
  const port = from === to && address.portImplied === true ? undefined : address.port;
  if (port !== undefined && declared.length > 0 && !declared.some(({ number }) => number === port)) {
    const reason = `the pods of ${to.name} listen on ${declared.map(({ number }) => number).join(', ')}, not ${port}`;
    deadEnds.push({ told, kind: 'no-port', reason, meant: undefined });
    return;
  }
  if (address.lookup === true) return;
  const protocol = declared.find(({ number }) => number === port)?.protocol ?? 'TCP';
  const verdict = connection(model, from, to, port, protocol);
  const destination = `${address.host}${port === undefined ? '' : `:${port}`}`;
  add({ from, to, destination, service, port, told, verdict });
}

/** The same address in the same shared place. */
function sharedKey({ told, destination }: Flow): string {
  const { kind, metadata } = told.object;
  return `${kind} ${metadata.namespace}/${metadata.name} ${told.path} ${destination}`;
}
