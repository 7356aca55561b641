import { join } from 'node:path';
import { finished } from './process/start.ts';
import { type MysqlEngine, type MysqlServer, startMysql } from './services/mysql.ts';
import { type RedisServer, startRedis } from './services/redis.ts';
import type { Trial } from './trial.ts';
import { type RunningWorker, startWorker, type WorkerOptions } from './worker.ts';

/** The backing services of the weather monitor, and its logins, as its workers get them. */
export interface PreemptServices {
  readonly mysql: MysqlServer;
  readonly redis: RedisServer;
  readonly redisLogin: {
    readonly redisHost: string;
    readonly redisPort: number;
    readonly redisUser: string;
    readonly redisPassword: string;
  };
}

export interface PreemptOptions {
  readonly engine?: MysqlEngine;
}

/** Starts Redis and the database; the tables are made by `migratePreempt`. */
export async function startPreemptServices(
  trial: Trial,
  { engine = 'mariadb' }: PreemptOptions = {},
): Promise<PreemptServices> {
  const [redis, mysql] = await Promise.all([startRedis(trial), startMysql(trial, engine)]);
  const secret = trial.system.model.configurations.find(({ name }) => name === 'redis-secret');
  const redisLogin = {
    redisHost: '127.0.0.1',
    redisPort: redis.port,
    redisUser: secret?.values.get('REDIS_USERNAME') ?? '',
    redisPassword: secret?.values.get('REDIS_PASSWORD') ?? '',
  };
  return { mysql, redis, redisLogin };
}

export interface PreemptWorkerOptions extends WorkerOptions {
  /** Where the weather comes from, in place of config.yaml's source: a double here. */
  readonly source?: string;
}

/** Starts a worker of preempt as `startWorker` does, with config.yaml where the manifest mounts it. */
export function startPreemptWorker(trial: Trial, options: PreemptWorkerOptions): Promise<RunningWorker> {
  const { source } = options;
  const pod = `${options.workload.split('/')[1]}-${options.index ?? 0}`;
  return startWorker(trial, {
    ...options,
    // The image has it at /app/config.yaml, which no process here may write.
    env: { CONFIG_PATH: join(trial.folder, pod, '_app_config.yaml'), ...options.env },
    edit(text, path) {
      const edited = options.edit?.(text, path) ?? text;
      if (source === undefined || !path.endsWith('/config.yaml')) return edited;
      return edited.replace(/^(\s+url:).*$/m, `$1 ${source}`);
    },
  });
}

/** Makes the tables by the system's own Job. */
export async function migratePreempt(trial: Trial): Promise<void> {
  await finished(await startPreemptWorker(trial, { workload: 'Job/migrate' }), 120_000);
}
