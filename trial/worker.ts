import { join } from 'node:path';
import { root } from './cache.ts';
import { podContainer } from './overlay/container.ts';
import { workloadOf } from './overlay/system.ts';
import { freePort } from './process/free-port.ts';
import { type RunningContainer, runContainer } from './run-container.ts';
import type { Trial } from './trial.ts';

export interface WorkerOptions {
  /** `Deployment/lambda-consumer`: the workload of the overlay. */
  readonly workload: string;
  /** Which replica. */
  readonly index?: number;
  readonly container?: string;
  /** Variables that a test gives another value than the overlay: it says which, and why. */
  readonly env?: Readonly<Record<string, string>>;
  /** Of loopback, where ports of the manifest would meet those of other pods: `127.9.0.1`. */
  readonly address?: string;
  /** What stands for a value that only the cluster knows; `env` replaces those that matter. */
  readonly unknownValue?: string;
  /** A folder that stands for a claim of all pods, by the volume's name. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Where on this machine is what lies at a path of the image. */
  readonly paths?: Readonly<Record<string, string>>;
  /** What else changes in a mounted file: an address that no `name:port` says. */
  readonly edit?: (text: string, path: string) => string;
  /** Another command than the manifest's, made from it. */
  readonly command?: (command: readonly string[]) => readonly string[];
  /** Tells runs of one pod apart. */
  readonly label?: string;
}

export interface RunningWorker extends RunningContainer {
  /** Where its probes and metrics answer: `http://127.0.0.1:17342`. */
  readonly metrics: string;
}

/**
 * Starts a worker of the system as a process of the repository's own code, by the command, the variables and the
 * mounted files of the rendered overlay.
 */
export async function startWorker(trial: Trial, options: WorkerOptions): Promise<RunningWorker> {
  const [kind = '', name = ''] = options.workload.split('/');
  const { index = 0, container: containerName, address, unknownValue } = options;
  const workload = workloadOf(trial.system, kind, name);
  const container = podContainer(trial.system, workload, {
    index,
    ...(containerName === undefined ? {} : { container: containerName }),
    ...(address === undefined ? {} : { address }),
    ...(unknownValue === undefined ? {} : { unknownValue }),
  });
  const port = await freePort();
  const paths = new Map(Object.entries(options.paths ?? {}));
  const mounts = container.mounts.filter((mount) => {
    const folder = mount.kind === 'folder' ? options.folders?.[mount.volume] : undefined;
    if (folder !== undefined) paths.set(mount.path, folder);
    return folder === undefined;
  });
  const running = await runContainer(
    trial,
    { ...container, mounts, command: options.command?.(container.command) ?? container.command },
    {
      // A pod has addresses of its own; here many share one.
      env: { METRICS_ADDRESS: `127.0.0.1:${port}`, ...options.env },
      standIn: { bin: [join(root, 'node_modules', '.bin')], cwd: root, paths, ours: true },
      ...(options.edit === undefined ? {} : { edit: options.edit }),
      ...(options.label === undefined ? {} : { label: options.label }),
    },
  );
  return { ...running, metrics: `http://127.0.0.1:${port}` };
}
