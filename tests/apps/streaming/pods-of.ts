import type { Pods } from '../../alerts/monitored.ts';
import type { Rig } from './rig.ts';

/** Where the pods of the system answer here, by their workloads. */
export function podsOf(
  { services: { kafka, flink, registry } }: Rig,
  workers: ReadonlyMap<string, string>,
): Pods {
  const pods = new Map<string, (readonly [string, string])[]>();
  const add = (workload: string, pod: string, url: string) =>
    pods.set(workload, [...(pods.get(workload) ?? []), [pod, url]]);
  for (const [pod, url] of [...kafka.metrics, ...flink.metrics]) add(pod.replace(/-\d+$/, ''), pod, url);
  add('schema-registry', 'schema-registry-0', new URL(registry.url).origin);
  for (const [workload, url] of workers) add(workload, `${workload}-0`, url);
  return pods;
}
