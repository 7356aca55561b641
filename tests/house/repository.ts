import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type CheckedTarget, check, findTargets, openStore } from '@plumbline/validators';
import { type Images, readImages } from '../../facts/index.ts';
import { locator } from '../../validators/source/locate.ts';
import { describe, type HouseRule, type Rendered } from './violation.ts';

/** The root of the repository whose house is looked at: this one, or what the environment names. */
export const root = process.env.HOUSE_ROOT ?? join(import.meta.dirname, '..', '..');

/** The commands that `npm test` found or built. */
export const kustomize = process.env.KUSTOMIZE ?? 'kustomize';
export const kubeconform = process.env.KUBECONFORM ?? 'kubeconform';

/** Every target of the repository, rendered. @throws Error when one does not render. */
export async function renderAll(): Promise<Rendered[]> {
  const cache = join(root, '.cache');
  const [images, checked] = await Promise.all([
    readImages(root),
    findTargets(root).then((targets) =>
      check({
        root,
        targets,
        tools: { kustomize, kubeconform, versions: `${kustomize}, ${kubeconform}` },
        store: openStore(join(cache, 'rendered')),
        scratch: join(cache, 'scratch'),
        workers: availableParallelism(),
      }),
    ),
  ]);
  return checked.map((target) => rendered(target, images));
}

function rendered({ target, environment, objects, findings }: CheckedTarget, images: Images): Rendered {
  if (objects.length === 0 || environment === undefined)
    throw new Error(findings.map(({ message }) => message).join('\n'));
  return { target, environment, objects: objects.map(({ object }) => object), images };
}

/**
 * What a rule finds in all targets, as text: object, field, what is wrong, file and line, and the targets that have it.
 */
export function violations(all: readonly Rendered[], rule: HouseRule): string[] {
  const found = new Map<string, string[]>();
  for (const one of all) {
    const broken = rule(one);
    const locate = locator(root, one.target.folder);
    for (const violation of broken) {
      const source = locate(violation.object, violation.path);
      const at = source === undefined ? '' : ` (${source.file}:${source.line})`;
      const text = `${describe(violation)}${at}`;
      found.set(text, [...(found.get(text) ?? []), one.target.name]);
    }
  }
  return [...found].map(([text, targets]) => `${text} in ${targets.join(', ')}`);
}
