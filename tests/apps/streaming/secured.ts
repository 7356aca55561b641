import { join } from 'node:path';
import { type Issued, issue } from '../../../trial/overlay/issue.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { finished } from '../../../trial/process/start.ts';
import { type Kafka, startKafka } from '../../../trial/services/kafka.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { startWorker } from '../../../trial/worker.ts';
import { root } from '../../house/repository.ts';
import { kustomize } from './rig.ts';

/** Kafka as production's overlay has it, with its users, rights and topics. */
export interface Secured {
  readonly trial: Trial;
  readonly kafka: Kafka;
  readonly issued: Issued;
  readonly close: () => Promise<void>;
}

/** The store of secrets that production's ExternalSecrets read: with what a shell or a login file might trip over. */
const store = {
  'streaming/kafka/producer-password': 'p r"oducer\\1',
  'streaming/kafka/consumer-password': 'consumer-2',
  'streaming/kafka/flink-password': 'fl"ink\\3',
  'streaming/kafka/registry-password': "re'gistry 4",
  'streaming/backup/access-key-id': 'not asked for here',
  'streaming/backup/secret-access-key': 'not asked for here',
} as const;

export async function openSecured(): Promise<Secured> {
  const rendered = await renderSystem(root, kustomize, 'production', 'streaming');
  const say = (message: string) => process.stderr.write(`${message}\n`);
  // Opened twice: the keys lie in the folder of a trial, which wants the system whole.
  const keys = await openTrial(rendered, { say });
  try {
    const issued = await issue(rendered, { folder: join(keys.folder, 'keys'), store });
    const trial = await openTrial(issued.system, { say });
    const close = async () => {
      await trial.close();
      await keys.close();
    };
    try {
      // One broker of three, with less memory than a pod of its own has.
      const one = { REPLICATION_FACTOR: '1', MIN_INSYNC_REPLICAS: '1' };
      const kafka = await startKafka(trial, { ...one, BROKER_HEAP: '384m' });
      await finished(await startWorker(trial, { workload: 'Job/kafka-access' }), 120_000);
      await kafka.makeTopics(one);
      return { trial, kafka, issued, close };
    } catch (error) {
      await trial.close();
      throw error;
    }
  } catch (error) {
    await keys.close();
    throw error;
  }
}
