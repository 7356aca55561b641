import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  build,
  contextOf,
  findTargets,
  judge,
  pooled,
  readRendered,
  readTree,
  rules,
  type Target,
} from '@plumbline/validators';
import { isScalar, parseDocument } from 'yaml';
import { folderWith } from '../harness/folder.ts';
import { typo } from './mutant.ts';
import type { Tally } from './run.ts';

/** A name in a kustomization that says what an entry is for. */
interface Aim {
  readonly target: Target;
  readonly file: string;
  /** Where the name stands in the file's text. */
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly what: string;
}

const expected = 'target-matches-nothing';

/** The fields of an entry that say what it is for, by the entry's own field. */
function aimedAt(action: string, field: string, entry: unknown): (string | number)[][] {
  const [list = '', index = ''] = field.split(/[[\]]/);
  const at = [list, Number(index)];
  if (action === 'image') return [[...at, 'name']];
  if (action === 'patch') return [[...at, 'target', 'name']];
  if (action !== 'replacement') return [];
  const targets = (entry as { readonly targets?: readonly unknown[] }).targets ?? [];
  return targets.map((_, position) => [...at, 'targets', position, 'select', 'name']);
}

/** Every plain name that an entry of the targets' kustomizations is for, each once. */
async function aimsOf(root: string, targets: readonly Target[]): Promise<Aim[]> {
  const aims = new Map<string, Aim>();
  for (const target of targets) {
    const { steps } = readTree(root, target.folder);
    for (const { action, file, field, entry } of steps) {
      const paths = aimedAt(action, field, entry);
      if (paths.length === 0) continue;
      const document = parseDocument(await readFile(join(root, file), 'utf8'));
      for (const path of paths) {
        const node = document.getIn(path, true);
        // Of an expression, one more letter may be another expression that meets the same.
        if (!isScalar(node) || !node.range || !/^[\w./-]+$/.test(String(node.value))) continue;
        const name = String(node.value);
        const [from, to] = node.range;
        aims.set(`${file} ${from}`, {
          target,
          file,
          from,
          to,
          name,
          what: `${file} ${path.join('.')}: ${name}`,
        });
      }
    }
  }
  return [...aims.values()];
}

/**
 * Mistypes every name that a patch, an image or a replacement of the repository's kustomizations is for, one at a time, renders
 * what includes it, and counts those that a finding names in their file.
 * @param chosen the overlays whose kustomizations are spoilt.
 */
export async function tallyKustomizations(
  root: string,
  chosen: (target: Target) => boolean,
  width: number,
): Promise<Tally> {
  const rule = rules.filter(({ id }) => id === expected);
  const targets = (await findTargets(root)).filter((target) => target.system !== undefined && chosen(target));
  const aims = await aimsOf(root, targets);
  const missed: string[] = [];
  let made = 0;
  const left = [...aims];
  await pooled([...Array(width).keys()], width, async () => {
    await using copy = await folderWith();
    for (const part of ['base', 'overlays'])
      await cp(join(root, part), join(copy.path, part), { recursive: true });
    for (let aim = left.pop(); aim !== undefined; aim = left.pop()) {
      const { target, file, from, to, name, what } = aim;
      const path = join(copy.path, file);
      const text = await readFile(path, 'utf8');
      const wrong = name.includes('/') ? `${name}x` : typo(name);
      await writeFile(path, text.slice(0, from) + wrong + text.slice(to));
      const built = await build([process.env.KUSTOMIZE ?? 'kustomize', 'build'], copy.path, target.folder);
      // What kustomize refuses needs no finding of ours.
      if (built.ok) {
        made += 1;
        const objects = readRendered(built.stream, new Map()).map(({ object }) => object);
        const tree = readTree(copy.path, target.folder);
        const { findings } = judge(contextOf(target.name, target.system, undefined, objects, tree), rule);
        if (!findings.some(({ source }) => source?.file === file)) missed.push(`${target.name}: ${what}`);
      }
      await writeFile(path, text);
    }
  });
  const operator = { id: 'name of what a kustomization changes mistyped', family: 'gitops' };
  return { operator, made, caught: made - missed.length, missed };
}
