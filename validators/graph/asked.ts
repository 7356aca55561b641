import type { Workload } from '../model/workload.ts';
import type { Flow, Flows } from './flows.ts';

const flowsFrom = new WeakMap<Flows, ReadonlyMap<Workload, readonly Flow[]>>();

/**
 * The workloads that one is told to talk to; none where it may talk to others as well, by a port of the kind that is meant:
 * to what lies in another namespace than is seen, or beyond a Service without pods in sight.
 */
export function asked(flows: Flows, workload: Workload, ports: readonly number[]): ReadonlySet<Workload> {
  const isMeant = (port: number | undefined) => port !== undefined && ports.includes(port);
  if (flows.elsewhere.some(({ told }) => told.workload === workload && isMeant(told.address.port)))
    return new Set();
  const all = flowsFrom.get(flows) ?? Map.groupBy(flows.flows, ({ from }) => from);
  flowsFrom.set(flows, all);
  const own = all.get(workload) ?? [];
  if (own.some(({ to, port }) => to === undefined && isMeant(port))) return new Set();
  return new Set(own.flatMap(({ to }) => to ?? []));
}
