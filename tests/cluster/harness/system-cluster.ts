import { spawn } from 'node:child_process';
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
  /** A port-forward to a port of something, as `kubectl port-forward`; resolves once HTTP is answered there. */
  readonly forward: (to: string, port: number) => Promise<{ port: number; end: () => void }>;
  readonly end: () => Promise<void>;
}

export interface SystemClusterOptions {
  readonly system: string;
  readonly namespace: string;
  /** Assembles the stand-ins for the published images. @returns the archive */
  readonly standIns: (folder: string, say: (message: string) => void) => Promise<string>;
}

const minutes = 60_000;
const name = 'plumbline';
/** kubectl parses the server's whole schema to apply anything: a quarter of its time is spent on collecting that. */
const seldomCollecting = { GOGC: '800' };

/** Starts it, with the system's own images built by `npm run images` and the stand-ins for the others loaded. */
export async function startSystemCluster(options: SystemClusterOptions): Promise<SystemCluster> {
  const { system, namespace } = options;
  const missing = await bring({ buildah: 'buildah', mmdebstrap: 'mmdebstrap' });
  if (missing !== undefined) throw new Error(missing);
  const end = await ownClusters();
  const say = (message: string) => console.error(message);
  const services = await options.standIns(join(root, '.cache', 'cluster', 'images'), say);
  await up({ root, name, ports: [], emptyNodes: [], progress: () => {} });

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
  await command(['kind', 'load', 'image-archive', '--name', name, services]);
  await script('images', system, '--engine', 'buildah', '--local-base', '--load', 'kind');
  return {
    state: clusterFolder(root, name),
    shell: (line) => command(['bash', '-c', line], undefined, seldomCollecting),
    script: (file, ...args) => script(file === 'resume' ? 'start' : file, 'kind', system, ...args),
    forward: (to, port) => forward(namespace, to, port),
    end,
  };
}

async function forward(namespace: string, to: string, port: number) {
  const local = await freePort();
  const env = { ...process.env, ...environmentOf(root) };
  const args = ['port-forward', '-n', namespace, to, `${local}:${port}`];
  const child = spawn('kubectl', args, { stdio: 'ignore', env });
  await until(`${to} answers on ${local}`, () => fetch(`http://127.0.0.1:${local}/`), 60_000);
  return { port: local, end: () => void child.kill('SIGKILL') };
}
