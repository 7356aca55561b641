/** kafka-access: makes Kafka's users and what each may do those of a table, and no others; safe to run again. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig, runWorker } from '@plumbline/kit';
import { connectAdministrator, readAccess } from '@plumbline/kit/kafka';
import { accessSettings } from './administrator-settings.ts';

await runWorker({
  name: 'kafka-access',
  async work(log) {
    const config = readConfig(process.env, accessSettings);
    const rules = readAccess(await readFile(config.accessFile, 'utf8'));
    const passwords = new Map<string, string>();
    for (const user of new Set(rules.map((rule) => rule.user))) {
      const password = await readFile(join(config.passwordsPath, user), 'utf8');
      if (password === '')
        throw new Error(`${join(config.passwordsPath, user)} is empty: ${user} needs a password`);
      passwords.set(user, password);
    }
    const administrator = connectAdministrator(config, 'kafka-access');
    try {
      const access = await administrator.setAccess(rules);
      const dropped = await administrator.setPasswords(passwords);
      log.info(
        { users: [...passwords.keys()], dropped, ...access },
        'users and their rights are those of the table',
      );
    } finally {
      await administrator.close();
    }
  },
});
