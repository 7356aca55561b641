import { createLog } from '../../../apps/kit/index.ts';
import { connectPool, type Pool } from '../../../apps/kit/mysql/index.ts';
import { connectRedis, type Redis } from '../../../apps/kit/redis/index.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { migratePreempt, type PreemptServices, startPreemptServices } from '../../../trial/preempt.ts';
import type { MysqlEngine } from '../../../trial/services/mysql.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { root } from '../../house/repository.ts';

/** A weather monitor's services for one test file: a real Redis, a real server of MySQL's protocol, its schema. */
export interface Platform {
  readonly trial: Trial;
  readonly services: PreemptServices;
  /** As the application's own login. */
  readonly pool: Pool;
  readonly redis: Redis;
  readonly close: () => Promise<void>;
}

/** The kustomize that the runner found. */
export const kustomize = process.env.KUSTOMIZE ?? 'kustomize';

const quiet = createLog('test', 'silent');

export interface PlatformOptions {
  readonly engine?: MysqlEngine;
  /** False leaves the database without tables. */
  readonly migrated?: boolean;
}

/** Starts the services as the overlay of kind has them. */
export async function openPlatform({
  engine = 'mariadb',
  migrated = true,
}: PlatformOptions = {}): Promise<Platform> {
  const trial = await openTrial(await renderSystem(root, kustomize, 'kind', 'preempt'), {
    say: (message) => process.stderr.write(`${message}\n`),
  });
  try {
    const services = await startPreemptServices(trial, { engine });
    if (migrated) await migratePreempt(trial);
    const pool = connectPool(services.mysql.login, 'test', 4, quiet);
    const redis = connectRedis(services.redisLogin, 'test', quiet);
    return {
      trial,
      services,
      pool,
      redis,
      async close() {
        redis.close();
        await pool.end().catch(() => {});
        await trial.close();
      },
    };
  } catch (error) {
    await trial.close();
    throw error;
  }
}
