import { join, resolve } from 'node:path';
import {
  type CheckedTarget,
  compareChecks,
  differenceReports,
  findTargets,
  isWrong,
  newSeen,
  UsageError,
} from '@plumbline/validators';
import { readArguments } from './lib/arguments.ts';
import { checkFolders, type Folders, foldersIn } from './lib/check-folders.ts';
import { type CheckRepositoryOptions, checkRepository } from './lib/check-repository.ts';
import { main } from './lib/main.ts';
import { startProgress } from './lib/progress.ts';
import {
  branchPoint,
  bringOut,
  type Revision,
  rootAround,
  sweepRevisions,
  workingTree,
} from './lib/revision.ts';
import { cache as ownCache, root as ownRoot } from './lib/root.ts';

const help = `Usage: npm run diff -- [BASE [HEAD]] [environment ...] [system ...] [option ...]

What a change does to each environment: renders both sides, and compares them object by object and field by field. Lists
are compared by what tells their elements apart, amounts by value, files in ConfigMaps by what they say; Secrets are told
by size. Then what it would break where it runs already, what is newly wrong by all rules of the check, and what is mended.

  npm run diff                       the working tree, beside where it left the main line
  npm run diff -- main               the working tree, beside main
  npm run diff -- v1.2 v1.3          one revision beside another
  npm run diff -- main production    in production alone
  npm run diff -- main --path DIR    of any kustomization, of the repository in which the command stands

  --path DIR     compare this kustomization instead of the targets in overlays/, by the library's rules alone
  --every DIR    compare every kustomization below that no other one there includes
  --format FORM  text (default), json, markdown or html, on standard output; html is one page with
                 the topology before and after, which needs nothing beside it
  --no-cache     render and judge again what has not changed
  --root DIR     compare another repository: its overlays/
  --cache DIR    keep results and revisions there (default: .cache of this repository)
  --help         show this

Nothing of the checkout is touched: revisions are brought out into .cache/revisions.

Exit codes: 0 nothing is newly wrong; 1 new errors, or what a sync would be refused or lose; 2 it could not run.
`;

await main(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: {
      path: { type: 'string', multiple: true, default: [] },
      every: { type: 'string', multiple: true, default: [] },
      format: { type: 'string', default: 'text' },
      'no-cache': { type: 'boolean', default: false },
      root: { type: 'string' },
      cache: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const report = differenceReports[values.format as keyof typeof differenceReports];
  if (report === undefined) {
    throw new UsageError(
      `--format takes ${Object.keys(differenceReports).join(', ')}, not "${values.format}"`,
    );
  }
  const [paths, every] = [values.path as string[], values.every as string[]];
  const others = paths.length + every.length > 0;
  const root =
    values.root !== undefined ? resolve(values.root) : others ? await rootAround(process.cwd()) : ownRoot;
  const folders = others ? foldersIn(root, paths, every) : undefined;
  const cache = values.cache === undefined ? ownCache : resolve(values.cache);
  const progress = startProgress();
  const { revisions, words } = await readWords(folders === undefined ? root : undefined, positionals);
  const trees = join(cache, 'revisions');
  const [base, head] = revisions;
  const from = await bringOut(root, base ?? (await branchPoint(root)), trees);
  const to = head === undefined ? workingTree(root) : await bringOut(root, head, trees);
  // The sides have most in common.
  const options = { useCache: !values['no-cache'], cache, seen: newSeen() };
  const side = (revision: Revision) =>
    folders === undefined
      ? checked(revision, words, { ...options, progress: progress.say })
      : checkedFolders(revision, folders, { ...options, progress: progress.say });
  const before = await side(from);
  const after = await side(to);
  if (before === undefined && after === undefined)
    throw new UsageError(
      `neither ${from.name} nor ${to.name} has ${[...words, ...paths, ...every].join(' ') || 'overlays/'}`,
    );
  await sweepRevisions(trees, 30);
  progress.done();
  const sides = { before: before ?? [], after: after ?? [] };
  const difference = compareChecks(sides.before, sides.after);
  const colour = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
  process.stdout.write(await report(difference, { from: from.name, to: to.name, colour, ...sides }));
  return isWrong(difference) ? 1 : 0;
});

/** What of the words are revisions, the older first, and what names environments and systems. @throws UsageError for a third revision */
async function readWords(root: string | undefined, positionals: readonly string[]) {
  const targets = root === undefined ? [] : await findTargets(root);
  const known = new Set(targets.flatMap(({ environment, system }) => [environment, system ?? environment]));
  const revisions = positionals.filter((word) => !known.has(word));
  if (revisions.length > 2) {
    throw new UsageError(
      `two revisions are compared, not ${revisions.length}: ${revisions.join(', ')}${known.size === 0 ? '' : `; environments and systems are ${[...known].join(', ')}`}`,
    );
  }
  return { revisions, words: positionals.filter((word) => known.has(word)) };
}

/** The check of one side; undefined where it has none of what is named. */
async function checked(
  { folder, name }: Revision,
  words: readonly string[],
  options: CheckRepositoryOptions,
): Promise<CheckedTarget[] | undefined> {
  try {
    return await checkRepository(words, {
      ...options,
      root: folder,
      progress: (message) => options.progress(`${name}: ${message}`),
    });
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** The check of any kustomizations of one side; undefined where it has none of them. */
async function checkedFolders(
  { folder, name }: Revision,
  folders: Folders,
  options: Required<Omit<CheckRepositoryOptions, 'root'>>,
): Promise<CheckedTarget[] | undefined> {
  const targets = await checkFolders(folders, {
    ...options,
    root: folder,
    progress: (message) => options.progress(`${name}: ${message}`),
  });
  return targets.length === 0 ? undefined : targets;
}
