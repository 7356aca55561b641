import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { type CheckStreamOptions, checkStreams } from './check-stream.ts';
import type { Finding } from './finding.ts';
import { deliver } from './gitops/deliver.ts';
import { readTree } from './kustomization/tree.ts';
import { newReads, readInputs } from './render/inputs.ts';
import { build } from './render/kustomize.ts';
import { readStream } from './render/stream.ts';
import type { ReportedTarget } from './reports/report.ts';
import { UsageError } from './usage-error.ts';

/**
 * Renders any kustomization and checks it; findings name the files that it is made of, relative to its repository.
 * @param kustomize the command that renders, by absolute path.
 * @throws UsageError when there is no such folder.
 */
export async function checkPath(
  folder: string,
  kustomize: string,
  options: CheckStreamOptions,
): Promise<ReportedTarget> {
  const absolute = resolve(folder);
  const there = await stat(absolute).catch(() => undefined);
  if (!there?.isDirectory())
    throw new UsageError(`${folder} is no folder: --path takes the folder of a kustomization`);
  const root = await repositoryOf(absolute);
  const name = relative(root, absolute) || '.';
  const reads = newReads();
  const { files, findings } = await readInputs(root, name, reads);
  if (findings.length > 0) return failed(name, findings);
  const built = await build([kustomize, 'build'], root, name);
  if (!built.ok) {
    const { explainRenderFailure } = await import('./render/failure.ts');
    const target = { name, environment: '', folder: name };
    return failed(name, [await explainRenderFailure(root, target, built.message, files)]);
  }
  const { locator } = await import('./source/locate.ts');
  const locate = locator(root, name, reads);
  const render = async (path: string) => {
    const other = await build([kustomize, 'build'], root, path);
    if (!other.ok) return { failure: other.message };
    return { objects: readStream(other.stream, path).objects.map(({ object }) => object) };
  };
  const objects = readStream(built.stream, name).objects.map(({ object }) => object);
  const projects = objects.filter(({ kind }) => kind === 'AppProject');
  const deliveries = await deliver(root, objects, projects, render);
  const [target] = await checkStreams([{ name, text: built.stream }], {
    ...options,
    ...(deliveries === undefined ? {} : { deliveries }),
    kustomization: readTree(root, name, reads),
    locate: ({ object }, path) => locate(object, path),
  });
  return target ?? failed(name, []);
}

function failed(target: string, findings: readonly Finding[]): ReportedTarget {
  return { target, resources: [], flows: [], findings, notChecked: [] };
}

/** The root of the git repository around a folder; where there is none, where the command stands if the folder is in it, else the folder. */
async function repositoryOf(folder: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', ['rev-parse', '--show-toplevel'], {
      cwd: folder,
      timeout: 10_000,
    });
    return stdout.trim();
  } catch {
    const here = process.cwd();
    return folder.startsWith(here.endsWith(sep) ? here : `${here}${sep}`) ? here : folder;
  }
}
