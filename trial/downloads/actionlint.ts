import { join } from 'node:path';
import { run, UsageError } from '@plumbline/validators';
import { download } from './store.ts';

const pins = join(import.meta.dirname, '..', '..', 'tools', 'pipelines', 'actionlint');

/** The linter of GitHub's workflows, built from its pinned module. @throws UsageError that says what to install */
export async function actionlint(say: (message: string) => void): Promise<string> {
  const files = ['go.mod', 'go.sum'].map((name) => join(pins, name));
  const folder = await download('actionlint', files, async (into) => {
    say('Building actionlint from tools/pipelines/actionlint (once, half a minute) ...');
    const built = await run('go', ['install', 'tool'], {
      cwd: pins,
      env: { GOBIN: into, GOFLAGS: '-mod=readonly' },
      deadline: 10 * 60_000,
    });
    if (built.status !== 0)
      throw new UsageError(
        `actionlint could not be built: ${built.stderr.trim()}\nIt takes Go 1.26 or newer.`,
      );
  });
  return join(folder, 'actionlint');
}
