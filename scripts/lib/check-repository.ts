import { access, readdir, readFile, rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  allRead,
  type CheckedTarget,
  type CheckOptions,
  check,
  codeVersion,
  findGitOps,
  findTargets,
  gitOpsFolder,
  noStore,
  openStore,
  type Rule,
  type Seen,
  selectTargets,
  type Target,
} from '@plumbline/validators';
import { factsRule, flowsRule, loadFacts, loadFlows, pinnedImages, readImages } from '../../facts/index.ts';
import { cache as ownCache, root as ownRoot } from './root.ts';
import { repositoryTools } from './tools.ts';

export interface CheckRepositoryOptions {
  readonly useCache: boolean;
  readonly progress: (message: string) => void;
  /** The repository to check, absolute; by default this one. */
  readonly root?: string;
  /** The folder that keeps results, absolute; by default this repository's. */
  readonly cache?: string;
  /** What earlier checks have seen. */
  readonly seen?: Seen;
}

/** The check of a repository's targets that the words name (none: all of them), by all its rules and facts. */
export async function checkRepository(
  words: readonly string[],
  options: CheckRepositoryOptions,
): Promise<CheckedTarget[]> {
  const { useCache, progress, root = ownRoot, cache = ownCache, seen } = options;
  const targets = await chosenTargets(root, words);
  const tools = await repositoryTools(progress);
  const store = useCache ? openStore(join(cache, 'rendered')) : noStore;
  const checked = await check({
    root,
    targets,
    tools,
    store,
    scratch: join(cache, 'scratch'),
    workers: availableParallelism(),
    ...(await ownRules(root)),
    compose: useCache,
    ...(seen === undefined ? {} : { seen }),
    progress,
  });
  await Promise.all([store.prune(30), sweep(join(cache, 'scratch'))]);
  return checked;
}

/** The targets that words name: `argocd` is what Argo CD is told, and no words are everything. */
async function chosenTargets(root: string, words: readonly string[]): Promise<Target[]> {
  const gitOps = words.length === 0 || words.includes(gitOpsFolder) ? await findGitOps(root) : [];
  const others = words.filter((word) => word !== gitOpsFolder);
  if (others.length === 0 && words.length > 0 && gitOps.length > 0) return gitOps;
  return [...selectTargets(await findTargets(root), others), ...gitOps];
}

/** Removes what killed runs left in a folder a day ago or longer. */
async function sweep(folder: string): Promise<void> {
  const oldest = Date.now() - 86_400_000;
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const entry = await stat(path).catch(() => undefined);
    if (entry !== undefined && entry.mtimeMs < oldest) await rm(path, { recursive: true, force: true });
  }
}

/** The rules that a repository brings itself: its facts and its images, where it has them; and a digest of all that makes them. */
async function ownRules(root: string): Promise<Required<Pick<CheckOptions, 'extraRules' | 'extraVersion'>>> {
  const rules: Rule[] = [];
  const hasFacts = await isThere(join(root, 'facts'));
  if (hasFacts) {
    const [facts, flows] = await allRead([loadFacts(root), loadFlows(root)]);
    rules.push(factsRule(facts ?? new Map()), flowsRule(flows ?? new Map()));
  }
  if (await isThere(join(root, 'base/images.yaml'))) rules.push(pinnedImages(await readImages(root)));
  const images = await readFile(join(root, 'base/images.yaml'), 'utf8').catch(() => '');
  const code = codeVersion([join(ownRoot, 'facts'), ...(hasFacts ? [join(root, 'facts')] : [])]);
  return { extraRules: rules, extraVersion: `${code} ${images}` };
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
