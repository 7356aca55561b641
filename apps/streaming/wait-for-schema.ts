/** wait-for-schema: ends when the topics and their schemas are there; `--deadline=SECONDS` bounds it. */
import { readConfig, runWorker } from '@plumbline/kit';
import { connectTransactions } from '@plumbline/kit/kafka';
import { awaitSchema, deadlineSetting, withDeadline } from '@plumbline/kit/schema';
import { readVersions, subjectOf } from './avro/schemas.ts';
import { connectRegistry } from './registry/index.ts';
import { schemasOf } from './topics.ts';
import { brokerSettings, deadLetter, topicSettings, workerSettings } from './worker-settings.ts';

/** What it reads from its environment. */
const waitSettings = { ...workerSettings, ...brokerSettings, ...topicSettings, deadLetter } as const;

await runWorker({
  name: 'wait-for-schema',
  async work(log, signal) {
    const settings = { ...waitSettings, deadline: deadlineSetting };
    const { deadline, ...config } = readConfig(withDeadline(process.env), settings);
    const registry = connectRegistry({ url: config.registryUrl, attempts: 1, signal });
    const broker = connectTransactions(config, 'wait-for-schema');
    const wanted = schemasOf(config);
    /** How many of the topics are there with all versions that this image knows. */
    const version = async () => {
      await broker.reach([...wanted.map(({ topic }) => topic), config.deadLetter]);
      let known = 0;
      for (const { topic, schema } of wanted) {
        const versions = await registry.versions(subjectOf(topic));
        if (versions.length >= readVersions(schema).length) known += 1;
      }
      return known;
    };
    try {
      const options = {
        wanted: wanted.length,
        deadline,
        madeBy: 'kafka-topics or register-schemas',
        log,
        signal,
      };
      await awaitSchema({ version, who: 'broker or registry', isUnavailable: () => true, ...options });
    } finally {
      await broker.close();
    }
  },
});
