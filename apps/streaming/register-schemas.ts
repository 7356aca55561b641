/** register-schemas: gives the registry every version of every schema, the oldest first, and the rule for later ones; safe to run twice. */
import { readConfig, runWorker } from '@plumbline/kit';
import { readVersions, subjectOf } from './avro/schemas.ts';
import { connectRegistry } from './registry/index.ts';
import { schemasOf } from './topics.ts';
import { topicSettings, workerSettings } from './worker-settings.ts';

await runWorker({
  name: 'register-schemas',
  async work(log, signal) {
    const config = readConfig(process.env, { ...workerSettings, ...topicSettings });
    const registry = connectRegistry({ url: config.registryUrl, attempts: 30, signal });
    for (const { topic, schema } of schemasOf(config)) {
      const subject = subjectOf(topic);
      for (const [index, { version, text }] of readVersions(schema).entries()) {
        const id = await registry.register(subject, text);
        log.info({ subject, version, id }, 'registered');
        // A registry has no rule for a subject that it does not know; what comes second is held to it.
        if (index === 0) await registry.setCompatibility(subject, 'BACKWARD');
      }
    }
  },
});
