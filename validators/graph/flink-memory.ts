import type { FlinkProcess } from './flink.ts';

/** Why a process of Flink refuses the memory that it is told of, and the settings that say so, the first to mend first. */
export interface Refusal {
  readonly keys: readonly string[];
  readonly reason: string;
}

const mebi = 2 ** 20;
const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  bytes: 1,
  k: 2 ** 10,
  kb: 2 ** 10,
  kibibytes: 2 ** 10,
  m: mebi,
  mb: mebi,
  mebibytes: mebi,
  g: 2 ** 30,
  gb: 2 ** 30,
  gibibytes: 2 ** 30,
  t: 2 ** 40,
  tb: 2 ** 40,
  tebibytes: 2 ** 40,
};

/** A size as Flink reads it, in bytes: a whole number and a unit. Source: `MemorySize.parseBytes` of apache/flink. */
export function parseFlinkSize(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+)\s*([a-z]*)$/.exec(text.trim().toLowerCase()) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

function shown(bytes: number): string {
  return `${Math.round(bytes / mebi)}m`;
}

/** Legacy names that are still read. */
const aliases: Readonly<Record<string, string>> = {
  'taskmanager.memory.network.fraction': 'taskmanager.network.memory.fraction',
  'taskmanager.memory.network.min': 'taskmanager.network.memory.min',
  'taskmanager.memory.network.max': 'taskmanager.network.memory.max',
};

/** Settings of another reckoning, which older lines have: what they make of the others is not judged. */
const otherReckoning =
  /^(?:(?:job|task)manager\.heap\.(?:size|mb)|taskmanager\.network\.numberOfBuffers|taskmanager\.memory\.(?:size|fraction))$/;

/** The memory settings of one process, read as Flink reads them. */
interface Reader {
  readonly has: (key: string) => boolean;
  readonly size: (key: string, otherwise: number) => number;
  readonly fraction: (key: string, otherwise: number) => number;
}

function readerOf({ settings }: FlinkProcess): Reader {
  const find = (key: string) => (settings.get(key) ?? settings.get(aliases[key] ?? ''))?.value;
  return {
    has: (key) => find(key) !== undefined,
    size: (key, otherwise) => parseFlinkSize(find(key) ?? '') ?? otherwise,
    fraction: (key, otherwise) => Number(find(key) ?? otherwise),
  };
}

/**
 * What a process's memory settings are refused for when it starts; undefined for those that it takes, and for those that
 * cannot be known here. Source: org.apache.flink.runtime.util.config.memory, `ProcessMemoryUtils`, `RangeFraction`,
 * `TaskExecutorFlinkMemoryUtils` and `JobManagerFlinkMemoryUtils`; the defaults are those of 1.20.
 */
export function memoryRefused(process: FlinkProcess): Refusal | undefined {
  const { role, settings } = process;
  const own = [...settings.values()].filter(({ key }) => key.startsWith(`${role}.`));
  const memory = own.filter(({ key }) => /\.(?:network\.)?memory\.|\.numberOfTaskSlots$/.test(key));
  if (own.some(({ key }) => otherReckoning.test(key)) || memory.some(({ value }) => /[$<]|\{\{/.test(value)))
    return undefined;
  for (const { key, value } of memory) {
    if (/\.(?:size|min|max)$/.test(key) && parseFlinkSize(value) === undefined)
      return { keys: [key], reason: `${key} is ${value}, which is no size` };
    if (key.endsWith('.fraction') && !(Number(value) >= 0 && Number(value) < 1))
      return { keys: [key], reason: `${key} is ${value}, and must be at least 0 and below 1` };
  }
  const slots = settings.get('taskmanager.numberOfTaskSlots')?.value;
  if (
    role === 'taskmanager' &&
    slots !== undefined &&
    !(Number.isInteger(Number(slots)) && Number(slots) > 0)
  )
    return {
      keys: ['taskmanager.numberOfTaskSlots'],
      reason: `taskmanager.numberOfTaskSlots is ${slots}, and must be a number above 0`,
    };
  const read = readerOf(process);
  return (
    rangesCrossed(read, role) ?? (role === 'jobmanager' ? jobManagerRefused(read) : taskManagerRefused(read))
  );
}

function rangesCrossed({ has, size }: Reader, role: string): Refusal | undefined {
  for (const [part, least, most] of [
    ['jvm-overhead', 192 * mebi, 1024 * mebi],
    ['network', 64 * mebi, Number.POSITIVE_INFINITY],
  ] as const) {
    const [min, max] = [`${role}.memory.${part}.min`, `${role}.memory.${part}.max`];
    if (size(min, least) <= size(max, most)) continue;
    const keys = has(min) ? [min, max] : [max, min];
    return {
      keys,
      reason: `${min} (${shown(size(min, least))}) is above ${max} (${shown(size(max, most))})`,
    };
  }
  return undefined;
}

/** A share of the whole, within its bounds. */
function shareOf(
  { size, fraction }: Reader,
  part: string,
  whole: number,
  otherwise: [number, number, number],
): number {
  const [share, least, most] = otherwise;
  const wanted = whole * fraction(`${part}.fraction`, share);
  return Math.min(Math.max(wanted, size(`${part}.min`, least)), size(`${part}.max`, most));
}

/** What is left for Flink of a process's memory; undefined where the process's memory is not what is set. */
function flinkMemory(
  read: Reader,
  role: string,
): { readonly total: number; readonly told: string } | Refusal | undefined {
  const { has, size } = read;
  const [whole, inner] = [`${role}.memory.process.size`, `${role}.memory.flink.size`];
  const metaspace = size(`${role}.memory.jvm-metaspace.size`, 256 * mebi);
  const process = size(whole, 0);
  if (has(inner)) {
    const total = size(inner, 0);
    if (!has(whole)) return { total, told: `${inner} (${shown(total)})` };
    const overhead = process - total - metaspace;
    const beside = `and ${shown(metaspace)} of metaspace`;
    if (overhead < 0)
      return {
        keys: [inner, whole],
        reason: `${inner} (${shown(total)}) ${beside} take more than ${whole} (${shown(process)})`,
      };
    const [least, most] = [
      size(`${role}.memory.jvm-overhead.min`, 192 * mebi),
      size(`${role}.memory.jvm-overhead.max`, 1024 * mebi),
    ];
    if (overhead < least || overhead > most)
      return {
        keys: [inner, whole],
        reason:
          `${inner} (${shown(total)}) ${beside} leave ${shown(overhead)} of ${whole} (${shown(process)}) ` +
          `to the JVM, and jvm-overhead must be from ${shown(least)} to ${shown(most)}`,
      };
    return { total, told: `${inner} (${shown(total)})` };
  }
  if (!has(whole)) return undefined;
  const overhead = shareOf(read, `${role}.memory.jvm-overhead`, process, [0.1, 192 * mebi, 1024 * mebi]);
  const total = process - metaspace - overhead;
  if (total < 0)
    return {
      keys: [whole],
      reason: `${whole} (${shown(process)}) is less than its ${shown(metaspace)} of metaspace and ${shown(overhead)} of overhead`,
    };
  return { total, told: `${whole} (${shown(process)}, of which ${shown(total)} are left for Flink)` };
}

function jobManagerRefused(read: Reader): Refusal | undefined {
  const { has, size } = read;
  // With a heap of its own the rest is reckoned from it.
  if (has('jobmanager.memory.heap.size')) return undefined;
  const left = flinkMemory(read, 'jobmanager');
  if (left === undefined || 'reason' in left) return left;
  const offHeap = size('jobmanager.memory.off-heap.size', 128 * mebi);
  if (left.total > offHeap) return undefined;
  return {
    keys: [
      'jobmanager.memory.process.size',
      'jobmanager.memory.flink.size',
      'jobmanager.memory.off-heap.size',
    ],
    reason: `${left.told} has no room for a heap beside ${shown(offHeap)} off it`,
  };
}

function taskManagerRefused(read: Reader): Refusal | undefined {
  const { has, size } = read;
  const part = (name: string) => `taskmanager.memory.${name}`;
  const heap = part('task.heap.size');
  const fixed = has(part('managed.size'));
  // With both of its own the rest is reckoned from them.
  if (has(heap) && fixed) return undefined;
  const left = flinkMemory(read, 'taskmanager');
  if (left === undefined || 'reason' in left) return left;
  const { total, told } = left;
  const managed = fixed
    ? size(part('managed.size'), 0)
    : shareOf(read, part('managed'), total, [0.4, 0, Number.POSITIVE_INFINITY]);
  const parts: [string, number][] = [
    ['framework.heap.size', size(part('framework.heap.size'), 128 * mebi)],
    ['framework.off-heap.size', size(part('framework.off-heap.size'), 128 * mebi)],
    ['task.off-heap.size', size(part('task.off-heap.size'), 0)],
    [fixed ? 'managed.size' : 'managed.fraction', managed],
    has(heap)
      ? ['task.heap.size', size(heap, 0)]
      : ['network', shareOf(read, part('network'), total, [0.1, 64 * mebi, Number.POSITIVE_INFINITY])],
  ];
  const sum = parts.reduce((all, [, bytes]) => all + bytes, 0);
  if (sum <= total) {
    const [least, most] = [
      size(part('network.min'), 64 * mebi),
      size(part('network.max'), Number.POSITIVE_INFINITY),
    ];
    const network = total - sum;
    if (!has(heap) || (network >= least && network <= most)) return undefined;
    return {
      keys: [heap, part('network.min'), part('network.max')],
      reason: `task.heap.size (${shown(size(heap, 0))}) leaves ${shown(network)} of ${told} to the network, which must have at least ${shown(least)}`,
    };
  }
  const list = parts.filter(([, bytes]) => bytes > 0).map(([name, bytes]) => `${name} ${shown(bytes)}`);
  const [largest = ''] = [...parts].sort(([, a], [, b]) => b - a)[0] ?? [];
  const own = largest === 'network' ? [part('network.min'), part('network.fraction')] : [part(largest)];
  return {
    keys: [...own.filter(has), part('process.size'), part('flink.size')],
    reason: `${told} is less than its parts: ${list.join(', ')}`,
  };
}
