import { finished } from './process/start.ts';
import { type Kafka, startKafka } from './services/kafka.ts';
import { type Postgres, startPostgres } from './services/postgres.ts';
import type { Trial } from './trial.ts';
import { startWorker } from './worker.ts';

/** The backing services of the lambda platform, and its login, as its workers get it. */
export interface LambdaServices {
  readonly kafka: Kafka;
  readonly postgres: Postgres;
  readonly login: {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
    readonly password: string;
  };
}

/** Starts broker and database; the topics and the schema are made by `prepareLambda`. */
export async function startLambdaServices(trial: Trial): Promise<LambdaServices> {
  const [kafka, postgres] = await Promise.all([
    startKafka(trial),
    startPostgres(trial, { name: 'lambda-postgres' }),
  ]);
  const secret = trial.system.model.configurations.find(({ name }) => name === 'lambda-postgres-secret');
  const value = (key: string) => secret?.values.get(key) ?? '';
  const login = {
    host: '127.0.0.1',
    port: postgres.port,
    database: value('DB_NAME'),
    user: value('DB_USER'),
    password: value('DB_PASSWORD'),
  };
  return { kafka, postgres, login };
}

/** Makes the topics and the tables by the system's own Jobs. */
export async function prepareLambda(trial: Trial, { kafka }: LambdaServices): Promise<void> {
  await Promise.all([
    kafka.makeTopics(),
    startWorker(trial, { workload: 'Job/db-setup-job' }).then((job) => finished(job, 60_000)),
  ]);
}
