import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { clusterFolder, environmentOf, up } from '../../../cluster/index.ts';
import { freePort } from '../../../trial/process/free-port.ts';
import { bring } from '../../harness/debian-packages.ts';
import { ownClusters } from './own-clusters.ts';
import { root } from './test-cluster.ts';
import { until } from './until.ts';

/** A cluster with one real node, on which `npm run deploy -- kind SYSTEM` finds every image. */
export interface SystemCluster {
  /** The cluster's folder. */
  readonly state: string;
  /** Runs one of scripts/ as `npm run NAME -- kind SYSTEM` would. @returns its output */
  readonly script: (name: string, ...args: string[]) => Promise<string>;
  /** Runs a line of a guide in a shell that has the cluster's kubectl. @throws Error with its words when it fails. */
  readonly shell: (line: string) => Promise<string>;
  /**
   * A port-forward to a port of something, as `kubectl port-forward`, begun again whenever what it leads to ends; resolves
   * once HTTP is answered there, or a connection is taken where it is no HTTP.
   */
  readonly forward: (to: string, port: number, speaks?: 'http' | 'tcp') => Promise<Forward>;
  readonly end: () => Promise<void>;
}

export interface Forward {
  /** Of this machine's loopback. */
  readonly port: number;
  readonly end: () => void;
}

export interface SystemClusterOptions {
  readonly system: string;
  readonly namespace: string;
  /** The kind cluster that the system goes to by itself: `plumbline` unless it has one of its own. */
  readonly cluster?: string;
  /** What `npm run images` is told to build: all images of the system, unless some cannot be built here. */
  readonly images?: readonly string[];
  /** Assembles the stand-ins for the published images. @returns the archive */
  readonly standIns: (folder: string, say: (message: string) => void) => Promise<string>;
}

const minutes = 60_000;
/** kubectl parses the server's whole schema to apply anything: a quarter of its time is spent on collecting that. */
const seldomCollecting = { GOGC: '800' };

/** Starts it, with the system's own images built by `npm run images` and the stand-ins for the others loaded. */
export async function startSystemCluster(options: SystemClusterOptions): Promise<SystemCluster> {
  const { system, namespace, cluster: name = 'plumbline', images = [system] } = options;
  const missing = await bring({ buildah: 'buildah', mmdebstrap: 'mmdebstrap' });
  if (missing !== undefined) throw new Error(missing);
  const end = await ownClusters();
  const command = async (argv: readonly [string, ...string[]], deadline = 10 * minutes, more = {}) => {
    const [program, ...args] = argv;
    const done = await run(program, args, { cwd: root, env: { ...environmentOf(root), ...more }, deadline });
    if (done.status !== 0) throw new Error(`${argv.join(' ')}\n${done.stderr}${done.stdout}`);
    return done.stdout.toString('utf8');
  };
  const script = (file: string, ...args: string[]) => {
    const path = join('scripts', `${file}.ts`);
    return command([process.execPath, '--disable-warning=ExperimentalWarning', path, ...args], 25 * minutes);
  };
  try {
    const say = (message: string) => console.error(message);
    const services = await options.standIns(join(root, '.cache', 'cluster', 'images'), say);
    await up({ root, name, ports: [], emptyNodes: [], progress: () => {} });
    await command(['kind', 'load', 'image-archive', '--name', name, services]);
    await script('images', ...images, '--engine', 'buildah', '--local-base', '--load', 'kind');
  } catch (error) {
    await end();
    throw error;
  }
  return {
    state: clusterFolder(root, name),
    shell: (line) => command(['bash', '-c', line], undefined, seldomCollecting),
    script: (file, ...args) => script(file === 'resume' ? 'start' : file, 'kind', system, ...args),
    forward: (to, port, speaks = 'http') => forward(namespace, to, port, speaks),
    end,
  };
}

async function forward(
  namespace: string,
  to: string,
  port: number,
  speaks: 'http' | 'tcp',
): Promise<Forward> {
  const local = await freePort();
  const env = { ...process.env, ...environmentOf(root) };
  const args = ['port-forward', '-n', namespace, to, `${local}:${port}`];
  let child: ChildProcess | undefined;
  let ended = false;
  const begin = () => {
    child = spawn('kubectl', args, { stdio: 'ignore', env });
    child.once('exit', () => {
      if (!ended) setTimeout(() => ended || begin(), 500);
    });
  };
  begin();
  const end = () => {
    ended = true;
    child?.kill('SIGKILL');
  };
  const answers = speaks === 'http' ? () => fetch(`http://127.0.0.1:${local}/`) : () => connected(local);
  try {
    await until(`${to} answers on ${local}`, answers, 60_000);
  } catch (error) {
    end();
    throw error;
  }
  return { port: local, end };
}

/** Resolves once a connection is taken there. */
function connected(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(void socket.destroy())).once('error', reject);
  });
}
