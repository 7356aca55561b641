import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { childrenOf } from '../../../cluster/box/running.ts';
import { type ClusterSpec, filesOf } from '../../../cluster/spec.ts';

/** What tells a cluster's traces from everything else on the machine. */
export interface Marks {
  readonly state: string;
  readonly cgroup: string;
  /** The namespaces that are its own, as `pid:[4026532199]`. */
  readonly namespaces: readonly string[];
  /** When they were taken, in the clock ticks since the machine's start by which the kernel counts a process's own. */
  readonly at: number;
}

const kinds = ['pid', 'mnt', 'net'] as const;

/** Of the kernel's clock, in a second: the same on every machine that Linux runs on here (proc(5), USER_HZ). */
const ticks = 100;

/** When a process started, in these ticks; at the end of time where it is gone. */
function startOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before it may have spaces of its own.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function isInCgroup(pid: string, cgroup: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(cgroup);
  } catch {
    return false;
  }
}

/** The marks of a cluster that runs. */
export function marksOf(state: string, pid: number): Marks {
  const spec = JSON.parse(readFileSync(filesOf(state).spec, 'utf8')) as ClusterSpec;
  const own = new Set(kinds.map((kind) => readlinkSync(`/proc/self/ns/${kind}`)));
  const namespaces = new Set(descendants(pid).flatMap(namespacesOf));
  const at = Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * ticks;
  return { state, cgroup: spec.cgroup, namespaces: [...namespaces].filter((name) => !own.has(name)), at };
}

function descendants(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendants(child)]);
}

function namespacesOf(pid: number | string): string[] {
  return kinds.flatMap((kind) => {
    try {
      return [readlinkSync(`/proc/${pid}/ns/${kind}`)];
    } catch {
      // The process ended, or is about to.
      return [];
    }
  });
}

/** Everything that the machine still shows of a cluster, a line each; none when it left nothing. */
export async function traces({ state, cgroup, namespaces, at }: Marks): Promise<string[]> {
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && name !== String(process.pid),
  )) {
    // The kernel gives a namespace's number away again, to another cluster's pod: what is left is older.
    const held = startOf(pid) > at ? [] : namespacesOf(pid).filter((name) => namespaces.includes(name));
    const line = commandLine(pid);
    if (held.length > 0 || line.includes(state) || isInCgroup(pid, cgroup))
      found.push(`process ${pid}: ${line} ${held.join(' ')}`);
  }
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  found.push(...mounts.filter((line) => line.includes(state) || line.includes('plumbline')));
  const cgroups = await readdir('/sys/fs/cgroup', { recursive: true }).catch(() => []);
  found.push(...cgroups.filter((path) => path.includes(cgroup)).map((path) => `cgroup ${path}`));
  if (existsSync(state)) found.push(`folder ${state}`);
  return found;
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Where a node's programs write when nobody confines them. */
const folders = [
  '/etc/cni/net.d',
  '/run/containerd',
  '/run/netns',
  '/run/plumbline',
  '/var/lib/cni',
  '/var/lib/containerd',
  '/var/lib/kubelet',
  '/var/log/containers',
  '/var/log/pods',
];

/** What the kubelet and its likes set for a whole machine. */
const settings = [
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'net/ipv4/ip_forward',
  'net/netfilter/nf_conntrack_max',
  'vm/overcommit_memory',
  'vm/panic_on_oom',
];

/** What of the machine a cluster could touch, as one text: the same before, during and after it. */
export function machine(): string {
  return JSON.stringify(
    {
      interfaces: readdirSync('/sys/class/net').sort(),
      folders: folders.map((folder) => [folder, existsSync(folder) ? readdirSync(folder).sort() : 'absent']),
      settings: settings
        .map((name) => join('/proc/sys', name))
        .filter((file) => existsSync(file))
        .map((file) => [file, readFileSync(file, 'utf8').trim()]),
      routes: readFileSync('/proc/net/route', 'utf8'),
      resolver: readFileSync('/etc/resolv.conf', 'utf8'),
    },
    null,
    2,
  );
}
