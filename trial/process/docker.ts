import { chmodSync, existsSync, statSync } from 'node:fs';
import { run } from '@plumbline/validators';
import type { PodContainer } from '../overlay/container.ts';
import type { RunningContainer } from '../run-container.ts';
import type { Trial } from '../trial.ts';
import { guard, release } from './guard.ts';
import { start } from './start.ts';

export interface ContainerOptions {
  readonly trial: Trial;
  readonly container: PodContainer;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly places: readonly { readonly path: string; readonly here: string; readonly readOnly: boolean }[];
  readonly logFile: string;
}

let count = 0;

/**
 * Runs a container by `docker run` in the foreground, on the host's network (so that the same loopback addresses hold
 * for it as for a process), as the manifest's user, on a read-only root.
 */
export function containerProcess(options: ContainerOptions): RunningContainer {
  const { trial, container, command, env, places, logFile } = options;
  count += 1;
  const name = `plumbline-${process.pid}-${count}-${container.pod}-${container.name}`;
  for (const { here, readOnly } of places) {
    // The manifest's user is not ours; a volume in a cluster gets its group.
    if (!readOnly && existsSync(here) && statSync(here).isDirectory()) chmodSync(here, 0o777);
  }
  const argv = [
    'docker',
    'run',
    '--rm',
    '--name',
    name,
    '--network=host',
    `--user=${container.user}:${container.group}`,
    '--read-only',
    ...(places.some(({ path }) => path === '/tmp') ? [] : ['--tmpfs=/tmp']),
    ...places.map(({ path, here, readOnly }) => `--volume=${here}:${path}${readOnly ? ':ro' : ''}`),
    ...Object.entries(env).map(([key, value]) => `--env=${key}=${value}`),
    // A manifest without a command leaves it to the image.
    ...(command[0] === undefined ? [] : [`--entrypoint=${command[0]}`]),
    container.image,
    ...command.slice(1),
  ];
  guard(`docker ${name}`);
  const running = start({
    name: `${container.pod}-${container.name}`,
    command: argv,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' },
    cwd: trial.folder,
    logFile,
    onEnd: () => release(`docker ${name}`),
  });
  trial.keep(running);
  const docker = (args: readonly string[]) =>
    run('docker', args, { deadline: 30_000 }).then(({ status }) => status);
  return {
    ...running,
    pid: undefined,
    signal(which) {
      // The client passes SIGTERM on; SIGKILL would end the client alone.
      void docker(['kill', `--signal=${which}`, name]).catch(() => {});
    },
    exec: (probe, more = {}) =>
      docker([
        'exec',
        ...Object.entries(more).map(([key, value]) => `--env=${key}=${value}`),
        name,
        ...probe,
      ]),
  };
}
