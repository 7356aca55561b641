import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { cacheOf, type Told } from '../check/repository.ts';
import type { Folder } from '../harness/folder.ts';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'diff.ts');

/** Runs the command in a process of its own that stands somewhere, and keeps its results with the folder. */
export async function runDiff(cwd: string, folder: Folder, ...args: readonly string[]): Promise<Told> {
  const all = ['--disable-warning=ExperimentalWarning', script, '--cache', cacheOf(folder), ...args];
  const { status, stdout, stderr } = await run(process.execPath, all, { cwd, deadline: 120_000 });
  return { status, stdout: stdout.toString('utf8'), stderr };
}
