import { run, shortLivedGo } from '../process/run.ts';

/** How long one build may take, in milliseconds. */
const deadline = 120_000;

/** A build does one thing at a time, and as many builds run side by side as there are cores. */
const env = { ...shortLivedGo, GOMAXPROCS: '1' };

/** A build's output, or what kustomize said was wrong. */
export type Build =
  | { readonly ok: true; readonly stream: string; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly message: string };

/**
 * Renders one kustomization by `kustomize build` (or `kubectl kustomize`), with its default restrictions: no plugins, no Helm, no
 * file from outside the kustomization's own tree.
 * @throws Error when the command cannot be run or passes its deadline.
 */
export async function build(command: readonly string[], root: string, folder: string): Promise<Build> {
  const [program = 'kustomize', ...args] = command;
  const built = await run(program, [...args, folder], { cwd: root, env, deadline });
  const lines = built.stderr
    .split('\n')
    .map((line) => line.replaceAll(`${root}/`, '').trim())
    .filter((line) => line !== '');
  if (built.status === 0) return { ok: true, stream: built.stdout.toString('utf8'), warnings: lines };
  return { ok: false, message: lines.join(' ').replace(/^Error: /, '') };
}
