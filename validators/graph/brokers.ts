import { type Model, namespaceOf } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import { optionsOf } from './options.ts';
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

/** The settings of a broker's own container, without their form: `min.insync.replicas` for KAFKA_MIN_INSYNC_REPLICAS too. */
export function brokerSettings(model: Model, workload: Workload): Map<string, string> {
  const settings = new Map<string, string>();
  for (const container of workload.containers.filter(({ role }) => role === 'main')) {
    for (const { key, value } of optionsOf(model, workload, container)) settings.set(kafkaKey(key), value);
  }
  return settings;
}

/** A Kafka setting by the name that server.properties has for it: images take KAFKA_SOME_SETTING and KAFKA_CFG_SOME_SETTING. */
export function kafkaKey(key: string): string {
  return /^KAFKA_[A-Z0-9_]+$/.test(key)
    ? key
        .replace(/^KAFKA_(?:CFG_)?/, '')
        .toLowerCase()
        .replaceAll('_', '.')
    : key;
}

/** The Kafka brokers of a namespace: workloads that hold partitions, which a controller alone does not. */
export interface Brokers {
  readonly workloads: readonly Workload[];
  /** How many there are together. */
  readonly count: number;
  /** `StatefulSet kafka has 3 brokers`. */
  readonly described: string;
  /** False where a topic that is not declared is not made either. */
  readonly makesTopics: boolean;
}

/** The Kafka brokers of a namespace, or undefined when it has none of its own. */
export function brokersOf(model: Model, namespace: string): Brokers | undefined {
  return once(brokersIn, model, namespace, findBrokers);
}

const brokersIn = new WeakMap<Model, Map<string, Brokers | undefined>>();
const topicsIn = new WeakMap<Model, Map<string, Topic[] | undefined>>();

/** What a namespace has, found once for each model. */
function once<Value>(
  known: WeakMap<Model, Map<string, Value>>,
  model: Model,
  namespace: string,
  find: (model: Model, namespace: string) => Value,
): Value {
  const found = known.get(model) ?? new Map<string, Value>();
  known.set(model, found);
  if (!found.has(namespace)) found.set(namespace, find(model, namespace));
  return found.get(namespace) as Value;
}

function findBrokers(model: Model, namespace: string): Brokers | undefined {
  const found = model.workloadsIn(namespace).filter(isBroker);
  const settings = found.map((workload) => brokerSettings(model, workload));
  const workloads = found.filter(
    (_, index) => !/^\s*controller\s*$/.test(settings[index]?.get('process.roles') ?? ''),
  );
  if (workloads.length === 0) return undefined;
  const count = workloads.reduce((sum, { replicas }) => sum + replicas.max, 0);
  const names = workloads.map(({ kind, name }) => `${kind} ${name}`).join(' and ');
  return {
    workloads,
    count,
    described: `${names} ${workloads.length === 1 ? 'has' : 'have'} ${count} ${count === 1 ? 'broker' : 'brokers'}`,
    makesTopics: !settings.some((all) => all.get('auto.create.topics.enable') === 'false'),
  };
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
  return once(topicsIn, model, namespace, findTopics);
}

function findTopics(model: Model, namespace: string): Topic[] | undefined {
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
    if (namespaceOf(object) !== namespace) continue;
    const { topicName, partitions = 1 } = (object.spec ?? {}) as { topicName?: string; partitions?: number };
    topics.push({ name: topicName ?? object.metadata.name, partitions });
  }
  return topics.length === 0 ? undefined : topics;
}
