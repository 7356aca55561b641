import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  type CheckedTarget,
  check,
  findTargets,
  noStore,
  openStore,
  selectTargets,
} from '@plumbline/validators';
import { factsRule, loadFacts, pinnedImages, readImages } from '../../facts/index.ts';
import { cache, root } from './root.ts';
import { repositoryTools } from './tools.ts';

/** The check of this repository's targets that the words name (none: all of them), by all its rules and facts. */
export async function checkRepository(
  words: readonly string[],
  options: { readonly useCache: boolean; readonly progress: (message: string) => void },
): Promise<CheckedTarget[]> {
  const targets = selectTargets(await findTargets(root), words);
  const tools = await repositoryTools(options.progress);
  const store = options.useCache ? openStore(join(cache, 'rendered')) : noStore;
  const [facts, images] = await Promise.all([loadFacts(root), readImages(root)]);
  const checked = await check({
    root,
    targets,
    tools,
    store,
    scratch: join(cache, 'scratch'),
    workers: availableParallelism(),
    extraRules: [factsRule(facts), pinnedImages(images)],
    progress: options.progress,
  });
  await store.prune(30);
  return checked;
}
