import type { Model } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import { declaredPorts } from './ports.ts';

/** True for a workload that is a Kafka broker: by its image, and a port to serve clients on. */
export function isBroker(workload: Workload): boolean {
  if (!workload.serves || workload.kind === 'DaemonSet') return false;
  const image = workload.containers.some(
    ({ role, spec }) =>
      role === 'main' &&
      /(?:^|\/)(?:cp-|cp-enterprise-)?(?:kafka|kafka-native|redpanda)(?::|@|$)/.test(spec.image ?? ''),
  );
  return image && declaredPorts(workload).length > 0;
}

/** The Kafka brokers of a namespace, or undefined when it has none of its own. */
export function brokersOf(model: Model, namespace: string): Workload | undefined {
  return model.workloads.find((workload) => workload.namespace === namespace && isBroker(workload));
}

/** A topic as the target declares it. */
export interface Topic {
  readonly name: string;
  readonly partitions: number;
}

/**
 * The topics that a namespace declares: lines `name partitions ...` of a file named topics.<ending>, and Strimzi's
 * KafkaTopic objects. Undefined when it declares none.
 */
export function topicsOf(model: Model, namespace: string): Topic[] | undefined {
  const topics: Topic[] = [];
  for (const configuration of model.configurations) {
    if (configuration.namespace !== namespace) continue;
    for (const [file, text] of configuration.values) {
      if (!/^topics\.\w+$/.test(file) || text === undefined) continue;
      for (const line of text.split('\n')) {
        const [, name, partitions] = /^\s*([\w.-]+)\s+(\d+)\b/.exec(line) ?? [];
        if (name !== undefined) topics.push({ name, partitions: Number(partitions) });
      }
    }
  }
  for (const object of model.all('kafka.strimzi.io', 'KafkaTopic')) {
    const { topicName, partitions = 1 } = (object.spec ?? {}) as { topicName?: string; partitions?: number };
    topics.push({ name: topicName ?? object.metadata.name, partitions });
  }
  return topics.length === 0 ? undefined : topics;
}
