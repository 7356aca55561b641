import { asked } from '../graph/asked.ts';
import { flinkProcesses } from '../graph/flink.ts';
import { type KafkaTable, kafkaTables } from '../graph/flink-tables.ts';
import { type KafkaServer, kafkaServers } from '../graph/kafka.ts';
import { optionsOf } from '../graph/options.ts';
import { resolveHost } from '../graph/resolve.ts';
import { hasUnseenSettings, type Sought } from '../graph/unseen-settings.ts';
import type { Model } from '../model/model.ts';
import type { Context, Problem, Rule } from './rule.ts';

const timeoutKey = /(?:^|[._-])transaction[._]timeout[._]ms$/i;

/** Images whose own server.properties is known not to say it. */
const plainImage =
  /^(?:docker\.io\/)?(?:apache\/kafka(?:-native)?|confluentinc\/cp-kafka|bitnami(?:legacy)?\/kafka)(?::|@|$)/;

const sought: Sought = {
  variables: /^KAFKA_(?:CFG_)?TRANSACTION/,
  places: /(?:^|\/)(?:conf|config|etc|scripts?|secrets)(?:\/|$)|\.(?:properties|sh)$/,
  scripts: /^\/(?:opt\/(?:kafka|bitnami)|etc\/(?:kafka|confluent)|__cacert)\/|(?:^|\/)kafka-[\w-]+\.sh$/,
};

interface Longest {
  readonly milliseconds: number;
  readonly described: string;
}

/** Source: kafka.apache.org/documentation, `transaction.max.timeout.ms`: 15 minutes. */
function longestOf(model: Model, { workload, container, settings }: KafkaServer): Longest | undefined {
  const option = settings.get('transaction.max.timeout.ms');
  const who = `${workload.kind} ${workload.name}`;
  if (option !== undefined) {
    return /^\d+$/.test(option.value)
      ? {
          milliseconds: Number(option.value),
          described: `${who} allows ${option.value} (transaction.max.timeout.ms, ${option.by})`,
        }
      : undefined;
  }
  if (!plainImage.test(container.spec.image ?? '')) return undefined;
  if (hasUnseenSettings(model, workload, container, sought)) return undefined;
  return {
    milliseconds: 900_000,
    described: `${who} allows 900000 (transaction.max.timeout.ms, its default)`,
  };
}

/** What the most patient of some brokers allows; undefined where one of them is not known. */
function longest(model: Model, brokers: readonly KafkaServer[]): Longest | undefined {
  const all = brokers.map((broker) => longestOf(model, broker));
  return all.reduce(
    (most, one) =>
      most === undefined || one === undefined ? undefined : one.milliseconds > most.milliseconds ? one : most,
    all[0],
  );
}

/** A transaction is to stay open for longer than the brokers allow, or for less than a checkpoint takes. */
export const transactionTimeoutRefused: Rule = {
  id: 'transaction-timeout-refused',
  severity: 'error',
  family: 'data systems',
  title: 'a producer asks for longer transactions than its brokers allow',
  *check(context) {
    const brokers = kafkaServers(context.model).filter(({ roles }) => roles.broker);
    if (brokers.length === 0) return;
    yield* ofSettings(context, brokers);
    for (const table of kafkaTables(context.model)) yield* ofTable(context.model, table, brokers);
  },
};

function* ofSettings(context: Context, brokers: readonly KafkaServer[]): Iterable<Problem> {
  const { model } = context;
  const said = new Set<string>();
  for (const workload of model.workloads) {
    if (brokers.some((broker) => broker.workload === workload)) continue;
    for (const container of workload.containers) {
      for (const { key, value, object, path, by } of optionsOf(model, workload, container)) {
        if (!timeoutKey.test(key) || !/^\d+$/.test(value)) continue;
        const servers = asked(context.flows, workload, kafkaPorts);
        const allowed = longest(
          model,
          brokers.filter((broker) => servers.has(broker.workload)),
        );
        const place = `${object.kind} ${object.metadata.name} ${path} ${key}`;
        if (allowed === undefined || Number(value) <= allowed.milliseconds || said.has(place)) continue;
        said.add(place);
        yield {
          object,
          path,
          message:
            `${workload.kind} ${workload.name} is told by ${by} to keep transactions open for ${value} ms, and ${allowed.described}: ` +
            'the broker would answer InitProducerId with INVALID_TRANSACTION_TIMEOUT, and the producer write nothing',
        };
      }
    }
  }
}

/** The ports that Kafka's brokers are usually reached by. */
const kafkaPorts = [9092, 9093, 9094];

const guarantee = ['sink.delivery-guarantee', 'sink.semantic'];
const timeoutOption = 'properties.transaction.timeout.ms';
/** Source: KafkaSinkBuilder of flink-connector-kafka, which sets it where nobody does. */
const flinksOwn = 3_600_000;

function* ofTable(model: Model, table: KafkaTable, brokers: readonly KafkaServer[]): Iterable<Problem> {
  const { name, options, object, path } = table;
  // Without transactions nobody asks how long one may be.
  const exact = guarantee.find((key) => options.get(key) === 'exactly-once');
  if (exact === undefined) return;
  const allowed = longest(model, brokersOfTable(model, table, brokers));
  const written = options.get(timeoutOption);
  if (allowed === undefined || (written !== undefined && !/^\d+$/.test(written))) return;
  const milliseconds = Number(written ?? flinksOwn);
  const within = table.lineOf(written === undefined ? exact : timeoutOption);
  if (milliseconds > allowed.milliseconds) {
    const by = written === undefined ? `Flink's own, where ${timeoutOption} is not set` : timeoutOption;
    yield {
      object,
      path,
      within,
      message:
        `table ${name} writes exactly-once with transactions of ${milliseconds} ms (${by}), and ${allowed.described}: ` +
        'the broker would answer InitProducerId with INVALID_TRANSACTION_TIMEOUT, and the job fail before its first record',
    };
    return;
  }
  const checkpoint = checkpointOf(model, table);
  if (checkpoint === undefined || checkpoint.milliseconds <= milliseconds) return;
  yield {
    object,
    path,
    within,
    severity: 'warning',
    message:
      `table ${name} writes exactly-once with transactions of ${milliseconds} ms, and a checkpoint, which ends one, may come ${checkpoint.milliseconds} ms after it was opened (${checkpoint.by}): ` +
      'the broker would give up the transaction before, and its records be lost',
  };
}

/** The brokers that a table's servers are. */
function brokersOfTable(
  model: Model,
  { options, namespace }: KafkaTable,
  brokers: readonly KafkaServer[],
): KafkaServer[] {
  const hosts = (options.get('properties.bootstrap.servers') ?? '')
    .split(',')
    .map((server) => server.trim().replace(/:\d+$/, ''));
  return hosts.flatMap((host) => {
    if (!/^[a-z0-9.-]+$/i.test(host)) return [];
    const resolution = resolveHost(model, namespace, host);
    if (resolution.to === 'pod') return brokers.filter(({ workload }) => workload === resolution.workload);
    if (resolution.to !== 'service') return [];
    const behind = model.behind(resolution.service);
    return brokers.filter(({ workload }) => behind.includes(workload));
  });
}

const interval = 'execution.checkpointing.interval';
const patience = 'execution.checkpointing.timeout';

/** The longest that a checkpoint is said to come after the one before: what the file sets, else the one JobManager of its namespace. */
function checkpointOf(model: Model, { session, namespace }: KafkaTable) {
  const managers = flinkProcesses(model).filter(
    ({ workload, role }) => role === 'jobmanager' && workload.namespace === namespace,
  );
  const settings = managers.length === 1 ? managers[0]?.settings : undefined;
  const read = (key: string) => millisecondsOf(session.get(key) ?? settings?.get(key)?.value ?? '');
  const between = read(interval);
  if (between === undefined) return undefined;
  const taken = read(patience);
  return {
    milliseconds: between + (taken ?? 0),
    by: taken === undefined ? interval : `${interval} and ${patience}`,
  };
}

/** Milliseconds of a duration as Flink writes it: `10 min`, `60s`, a number alone. */
function millisecondsOf(text: string): number | undefined {
  const [, number, unit = 'ms'] =
    /^(\d+)\s*(ms|milli\w*|s|sec\w*|m|min\w*|h|hours?|d|days?)?$/i.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  return Number(number) * (/^(?:ms|milli)/i.test(unit) ? 1 : (units[unit.charAt(0).toLowerCase()] ?? 1));
}
