import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CheckedTarget,
  type CheckOptions,
  check,
  type Finding,
  findTargets,
  openStore,
  run,
} from '@plumbline/validators';
import { factsRule, loadFacts, pinnedImages, readImages } from '../../facts/index.ts';
import { type Folder, folderWith } from '../harness/folder.ts';

/** The command's script, and the arguments of Node before it. */
export const checkCommand = [
  '--disable-warning=ExperimentalWarning',
  join(import.meta.dirname, '..', '..', 'scripts', 'check.ts'),
];

/** A copy of the fixture repository, to damage. */
export async function repository(): Promise<Folder> {
  const folder = await folderWith();
  await cp(join(import.meta.dirname, 'fixtures', 'repository'), folder.path, { recursive: true });
  return folder;
}

/** The folder that keeps a copy's results. */
export function cacheOf(folder: Folder): string {
  return join(folder.path, '.cache');
}

/** Checks a copy by the library, with all its own facts and images. */
export async function checked(folder: Folder, options: Partial<CheckOptions> = {}): Promise<CheckedTarget[]> {
  const facts = await Promise.all(
    ['facts/shop.md', 'base/images.yaml'].map((file) => folder.read(file).catch(() => '')),
  );
  return check({
    root: folder.path,
    targets: await findTargets(folder.path),
    tools: {
      kustomize: process.env.KUSTOMIZE ?? 'kustomize',
      kubeconform: process.env.KUBECONFORM ?? 'kubeconform',
      versions: 'those of the test',
    },
    store: openStore(join(cacheOf(folder), 'rendered')),
    scratch: join(cacheOf(folder), 'scratch'),
    workers: 2,
    extraRules: [factsRule(await loadFacts(folder.path)), pinnedImages(await readImages(folder.path))],
    extraVersion: facts.join('\n'),
    ...options,
  });
}

export interface Told {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Checks a copy by the command, in a process of its own. */
export async function command(folder: Folder, ...args: readonly string[]): Promise<Told> {
  const all = [...checkCommand, '--root', folder.path, '--cache', cacheOf(folder), ...args];
  const { status, stdout, stderr } = await run(process.execPath, all, { deadline: 120_000 });
  return { status, stdout: stdout.toString('utf8'), stderr };
}

/** Each finding as one line: targets, rule, object, field, file and line, message. */
export function lines(targets: readonly CheckedTarget[]): string[] {
  return targets.flatMap(({ target, findings }) =>
    findings.map((finding) => `${target.name}: ${oneLine(finding)}`),
  );
}

function oneLine({ rule, resource, path = '', source, message }: Finding): string {
  const object = resource === undefined ? '-' : `${resource.kind} ${resource.name}`;
  return `${rule} | ${object} | ${path} | ${source?.file}:${source?.line ?? ''} | ${message}`;
}
