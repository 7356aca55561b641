import { join } from 'node:path';
import { run } from '@plumbline/validators';
import avro from 'avsc';
import { jars } from '../../../trial/downloads/jars.ts';

/** A record that a reader of what is committed gets, with its value by the schema that it was written with. */
export interface Committed<Value> {
  /** Milliseconds; undefined where it was not printed. */
  readonly timestamp: number | undefined;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly value: Value;
}

/**
 * Everything of a topic that Kafka's own console consumer reads with `isolation.level=read_committed`, a few seconds after
 * the last record: neither its client nor what decodes here is what the workers use. One that has read nothing so far
 * may have been slow to begin: it is given more time.
 */
export async function readCommitted<Value>(
  address: string,
  registry: string,
  topic: string,
): Promise<Committed<Value>[]> {
  const folder = await jars('kafka-3.9.1', () => {});
  const bytes = 'org.apache.kafka.common.serialization.BytesDeserializer';
  const args = [
    ...['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', join(folder, '*')],
    ...['org.apache.kafka.tools.consumer.ConsoleConsumer', '--bootstrap-server', address, '--topic', topic],
    ...['--from-beginning', '--isolation-level', 'read_committed'],
    ...['partition', 'offset', 'key'].flatMap((name) => ['--property', `print.${name}=true`]),
    ...['--property', `value.deserializer=${bytes}`],
  ];
  for (const quiet of [8000, 30_000, 90_000]) {
    const read = await run('java', [...args, '--timeout-ms', String(quiet)], { deadline: 240_000 });
    const found = await committedIn<Value>(read.stdout.toString().split('\n'), schemasOf(registry));
    if (found.length > 0) return found;
  }
  return [];
}

/** The records that the console consumer printed, with partition, offset and key, and with times where it was told to. */
export async function committedIn<Value>(
  lines: readonly string[],
  typeOf: (id: number) => Promise<avro.Type>,
): Promise<Committed<Value>[]> {
  const found: Committed<Value>[] = [];
  for (const line of lines) {
    const [, time, partition, offset, key = '', value = ''] =
      /^(?:CreateTime:(\d+)\t)?Partition:(\d+)\tOffset:(\d+)\t([^\t]*)\t(.*)$/.exec(line) ?? [];
    if (partition === undefined) continue;
    const framed = unescapeBytes(value);
    const type = await typeOf(framed.readInt32BE(1));
    found.push({
      timestamp: time === undefined ? undefined : Number(time),
      partition: Number(partition),
      offset: Number(offset),
      key,
      value: type.fromBuffer(framed.subarray(5)) as Value,
    });
  }
  return found;
}

/** The schemas of a registry by their ids, each asked for once. */
export function schemasOf(registry: string): (id: number) => Promise<avro.Type> {
  const types = new Map<number, Promise<avro.Type>>();
  return (id) => {
    const type = types.get(id) ?? typeOf(registry, id);
    types.set(id, type);
    return type;
  };
}

async function typeOf(registry: string, id: number): Promise<avro.Type> {
  const answer = await fetch(`${registry}/schemas/ids/${id}`, { signal: AbortSignal.timeout(10_000) });
  return avro.Type.forSchema(JSON.parse(((await answer.json()) as { schema: string }).schema));
}

/** Bytes as Kafka's class of that name prints them: `\x00abc`. */
function unescapeBytes(text: string): Buffer {
  const parts = [...text.matchAll(/\\x([0-9A-F]{2})|([^\\])/g)];
  return Buffer.from(
    parts.map(([, hex, plain]) =>
      hex === undefined ? (plain ?? '').charCodeAt(0) : Number.parseInt(hex, 16),
    ),
  );
}
