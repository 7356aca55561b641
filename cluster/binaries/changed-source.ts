import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';

/** One text of a tool's module that is built as another. */
export interface SourceChange {
  /** Path in the module. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface ChangedSource {
  /** What `-modfile` is to name, absolute: the tool's own go.mod, with the changed copy in the place of its module. */
  readonly modFile: string;
  readonly remove: () => Promise<void>;
}

/**
 * Copies a tool's module and changes a text in it: Go lets nobody overlay a file of its module cache.
 *
 * @param folder the tool's own, with go.mod and go.sum, absolute
 * @param module with its version, as `sigs.k8s.io/metrics-server` and `v0.9.0`
 * @param parent where the copy is made, absolute and there
 * @throws Error when the module cannot be had, or does not hold the text.
 */
export async function changeSource(
  change: SourceChange,
  folder: string,
  module: { readonly path: string; readonly version: string },
  parent: string,
): Promise<ChangedSource> {
  const scratch = await mkdtemp(join(parent, 'source-'));
  const remove = () => rm(scratch, { recursive: true, force: true });
  try {
    const name = `${module.path}@${module.version}`;
    const fetched = await must('go', ['mod', 'download', '-json', name], folder);
    const { Dir: original } = JSON.parse(fetched) as { Dir: string };
    const copy = join(scratch, 'module');
    // The module cache is read-only, and its copy is to be changed and removed.
    await must('cp', ['-r', '--no-preserve=mode', original, copy], folder);
    const file = join(copy, change.file);
    const text = await readFile(file, 'utf8');
    if (!text.includes(change.from)) throw new Error(`${name}/${change.file} does not hold ${change.from}`);
    await writeFile(file, text.replaceAll(change.from, change.to));
    const modFile = join(scratch, 'go.mod');
    const goMod = await readFile(join(folder, 'go.mod'), 'utf8');
    await writeFile(modFile, `${goMod}\nreplace ${module.path} => ${copy}\n`);
    await writeFile(join(scratch, 'go.sum'), await readFile(join(folder, 'go.sum')));
    return { modFile, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function must(command: string, args: readonly string[], cwd: string): Promise<string> {
  const answer = await run(command, args, { cwd, deadline: 5 * 60_000 });
  const said = answer.stdout.toString('utf8');
  if (answer.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${said}${answer.stderr}`.trim());
  return said;
}
