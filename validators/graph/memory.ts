import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { environmentOf } from './container-environment.ts';
import { flinkProcess } from './flink.ts';
import type { Option } from './options.ts';
import { blamed, type Line, linesOf, settingsOf } from './scripts.ts';
import { sparkProcess } from './spark.ts';

/** A size as JVMs, databases and Redis write it: `512m`, `1g`, `256MB`, `1073741824`. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim());
  if (match === null) return undefined;
  return Number(match[1]) * 1024 ** ['', 'k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase());
}

/** Memory that a process of a container is told to take. */
export interface Demand {
  readonly what: string;
  readonly bytes: number;
  /** What the process needs beside it, at the least, as a share of it. */
  readonly beside: number;
  readonly object: KubernetesObject;
  readonly path: string;
  readonly by: string;
}

interface Size {
  readonly beside: number;
  /** What a number without a unit counts. */
  readonly unit?: number;
}

/** Settings that reserve memory by themselves, by their key. */
const sizes: Readonly<Record<string, Size>> = {
  MAX_HEAP_SIZE: { beside: 0.25 },
  ZK_SERVER_HEAP: { beside: 0.1, unit: 2 ** 20 },
  GOMEMLIMIT: { beside: 0 },
  innodb_buffer_pool_size: { beside: 0.1 },
  'innodb-buffer-pool-size': { beside: 0.1 },
  // A number alone counts pages.
  shared_buffers: { beside: 0.1, unit: 8192 },
  maxmemory: { beside: 0.1 },
  'server.memory.heap.max_size': { beside: 0.1 },
  'dbms.memory.heap.max_size': { beside: 0.1 },
};

/** Settings of Spark's processes, by the role of the process. */
const sparkSizes: Readonly<Record<string, Readonly<Record<string, Size>>>> = {
  master: { SPARK_DAEMON_MEMORY: { beside: 0.1 } },
  // Its executors run in its own container.
  worker: { SPARK_DAEMON_MEMORY: { beside: 0.1 }, SPARK_WORKER_MEMORY: { beside: 0.1 } },
  driver: { 'spark.driver.memory': { beside: 0.1 }, SPARK_DRIVER_MEMORY: { beside: 0.1 } },
};

function sizesOf(model: Model, workload: Workload, container: Container): Readonly<Record<string, Size>> {
  const flink = flinkProcess(model, workload, container);
  if (flink !== undefined) {
    const key = `${flink.role}.memory`;
    return { ...sizes, [`${key}.process.size`]: { beside: 0 }, [`${key}.flink.size`]: { beside: 0 } };
  }
  const spark = sparkProcess(model, workload, container);
  return spark === undefined ? sizes : { ...sizes, ...sparkSizes[spark.role] };
}

function last(text: string, pattern: RegExp): string | undefined {
  return [...text.matchAll(pattern)].at(-1)?.[1];
}

type Place = Pick<Line, 'object' | 'path' | 'by'>;

/** What a text of options makes a process take of a container with so much memory. */
function inText(text: string, limit: number, placeOf: (amount: string) => Place): Demand[] {
  // Most texts are about nothing of the kind.
  if (!/-X|max|--wired/i.test(text)) return [];
  const demands: Demand[] = [];
  const add = (what: string, amount: string, bytes: number) =>
    demands.push({ what, bytes, beside: 0.1, ...placeOf(amount) });
  const heap = last(text, /-Xmx(\d+[kmgt]?)\b/gi);
  const share = last(text, /-XX:MaxRAMPercentage=(\d+(?:\.\d+)?)/g);
  const direct = last(text, /-XX:MaxDirectMemorySize=(\d+[kmgt]?)\b/gi);
  const beyond = parseSize(direct ?? '') ?? 0;
  const and = direct === undefined ? '' : ` and ${direct} of direct memory`;
  if (heap !== undefined) add(`-Xmx${heap}${and}`, heap, (parseSize(heap) ?? 0) + beyond);
  else if (share !== undefined)
    add(`MaxRAMPercentage=${share}${and}`, share, (limit * Number(share)) / 100 + beyond);
  // Node's is in MiB.
  const old = last(text, /--max[-_]old[-_]space[-_]size=(\d+)/g);
  if (old !== undefined) add(`a heap of ${old}Mi`, old, Number(old) * 2 ** 20);
  const redis = last(text, /--maxmemory[ =](\d+[kmg]?b?)\b/gi);
  if (redis !== undefined) add(`maxmemory ${redis}`, redis, parseSize(redis) ?? 0);
  const cache = last(text, /--wiredTigerCacheSizeGB[ =](\d+(?:\.\d+)?)\b/g);
  if (cache !== undefined) add(`wiredTigerCacheSizeGB ${cache}`, cache, Number(cache) * 2 ** 30);
  return demands;
}

/** Variables that a JVM reads by itself, before its command line, which so has the last word. */
const readFirst = /^(?:JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS)$/;

/** What the settings of a container, its command line and the scripts it runs make its processes take. */
export function demandsOf(model: Model, workload: Workload, container: Container, limit: number): Demand[] {
  const environment = environmentOf(model, workload, container);
  const lines = linesOf(model, workload, container);
  const known = sizesOf(model, workload, container);
  // What a flag sets, no file does.
  const spark = sparkProcess(model, workload, container);
  const options = [
    ...settingsOf(model, workload, container),
    // Spark's own flags are no key and value.
    ...[...(spark?.settings.values() ?? [])].filter(({ by }) => by.startsWith('flag -')),
  ];
  const flags = new Set(options.filter(({ by }) => by.startsWith('flag ')).map(({ key }) => key));
  const own = lines.some(({ text }) => /-Xmx\d/.test(text));
  const demands: Demand[] = [];
  for (const option of options) {
    const { key, value, object, path, by } = option;
    const isFlag = by.startsWith('flag ');
    // A flag is part of the command line.
    if (by.startsWith('env ') && !(own && readFirst.test(key)))
      demands.push(...inText(value, limit, () => ({ object, path, by })));
    const size = Object.hasOwn(known, key) ? known[key] : undefined;
    // What an initContainer finds in a file is the server's.
    if (
      size === undefined ||
      (!isFlag && flags.has(key)) ||
      (container.role === 'init' && by.startsWith('file '))
    )
      continue;
    const bytes = (parseSize(value) ?? 0) * (/^\d+$/.test(value.trim()) ? (size.unit ?? 1) : 1);
    const raw = rawOf(option, lines);
    const place =
      raw === undefined ? { object, path, by } : blamed({ raw, object, path, by }, value, environment);
    demands.push({ what: `${key} ${value}`, bytes, beside: size.beside, ...place });
  }
  for (const line of lines)
    demands.push(...inText(line.text, limit, (amount) => blamed(line, amount, environment)));
  return demands;
}

/** The text that a setting of a command line or a script was read from. */
function rawOf({ key, by, path }: Option, lines: readonly Line[]): string | undefined {
  if (by.startsWith('env ') || by.startsWith('file ')) return undefined;
  const line = lines.find((one) => one.by === by || path.startsWith(one.path)) ?? lines[0];
  const at = line?.raw.indexOf(`${key}=`) ?? -1;
  return at < 0 ? undefined : line?.raw.slice(at, at + 120).split('\n')[0];
}
