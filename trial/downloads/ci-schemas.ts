import { join } from 'node:path';
import { UsageError } from '@plumbline/validators';
import { download } from './store.ts';
import { fetchWheels } from './wheels.ts';

/**
 * The folder of the JSON schemas of workflows, actions, GitLab CI and Renovate, as `gitlab-ci.json`, pinned by SHA-256.
 * @throws UsageError that says what to install.
 */
export async function ciSchemas(say: (message: string) => void): Promise<string> {
  const requirements = join(import.meta.dirname, 'ci-schemas', 'requirements.txt');
  const folder = await download('ci-schemas', [requirements], async (into) => {
    say('Fetching the schemas of pipelines as a wheel (once) ...');
    await fetchWheels(requirements, into).catch((error: Error) => {
      throw new UsageError(`they are not to be had: ${error.message}\nInstall Python 3.9 or newer with pip.`);
    });
  });
  return join(folder, 'check_jsonschema', 'builtin_schemas', 'vendor');
}
