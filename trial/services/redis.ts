import { requireCommand } from '../downloads/debian.ts';
import { podContainer } from '../overlay/container.ts';
import { workloadOf } from '../overlay/system.ts';
import { freePort } from '../process/free-port.ts';
import { lastWords } from '../process/start.ts';
import { type RunningContainer, runContainer } from '../run-container.ts';
import type { Trial } from '../trial.ts';
import { until } from '../until.ts';

/** A Redis, configured by the system's own manifests. */
export interface RedisServer {
  readonly port: number;
  readonly server: () => RunningContainer;
  /** Starts it again on its data; the old one must have ended. */
  readonly startServer: () => Promise<void>;
}

/** Starts the rendered Redis and awaits its readiness probe; adds its address to the trial. */
export async function startRedis(trial: Trial): Promise<RedisServer> {
  const { system, addresses } = trial;
  const kind = system.model.workloads.some((one) => one.kind === 'StatefulSet' && one.name === 'redis')
    ? 'StatefulSet'
    : 'Deployment';
  const workload = workloadOf(system, kind, 'redis');
  const container = podContainer(system, workload);
  if (trial.engine === 'processes') {
    await requireCommand('redis-server', 'redis-server', trial.say);
    await requireCommand('redis-cli', 'redis-tools', trial.say);
  }
  const port = await freePort();
  addresses.set('redis:6379', `127.0.0.1:${port}`);
  const edit = (text: string, path: string) =>
    path.endsWith('/redis.conf')
      ? text.replace(/^bind .*$/m, 'bind 127.0.0.1').replace(/^port .*$/m, `port ${port}`)
      : text;
  const ready = workload.containers.find(({ role }) => role === 'main')?.spec.readinessProbe?.exec?.command;
  const probe = (ready ?? []).map((part) => part.replace('redis-cli', `redis-cli -p ${port}`));
  let server: RunningContainer | undefined;
  const startServer = async () => {
    const started = await runContainer(trial, container, { edit });
    server = started;
    await until(async () => started.state() !== undefined || (await started.exec(probe)) === 0, {
      deadline: 60_000,
      what: `redis on port ${port}`,
    });
    if (started.state() !== undefined) throw new Error(`redis ended at its start:\n${lastWords(started)}`);
  };
  await startServer();
  return {
    port,
    startServer,
    server() {
      if (server === undefined) throw new Error('redis was not started');
      return server;
    },
  };
}
