import {
  build,
  contextOf,
  deliver,
  judge,
  type KubernetesObject,
  readRendered,
  rules,
} from '@plumbline/validators';
import { applications } from './operators/applications.ts';
import { isNamed, type Tally } from './run.ts';

/**
 * Puts every defect into what Argo CD is told, one at a time, and counts those that a finding of a right rule names.
 * @param objects a target with Applications, and the projects that they are of.
 */
export async function tallyApplications(
  root: string,
  objects: readonly KubernetesObject[],
): Promise<Tally[]> {
  const rendered = new Map<string, ReturnType<typeof rendering>>();
  const rendering = async (folder: string) => {
    const built = await build([process.env.KUSTOMIZE ?? 'kustomize', 'build'], root, folder);
    if (!built.ok) return { failure: built.message };
    return { objects: readRendered(built.stream, new Map()).map(({ object }) => object) };
  };
  const render = (folder: string) => {
    const found = rendered.get(folder) ?? rendering(folder);
    rendered.set(folder, found);
    return found;
  };
  const find = async (changed: readonly KubernetesObject[]) => {
    const projects = changed.filter(({ kind }) => kind === 'AppProject');
    const deliveries = await deliver(root, changed, projects, render);
    const context = { ...contextOf('argocd', undefined, undefined, changed), deliveries };
    return judge(
      context,
      rules.filter(({ family }) => family === 'gitops'),
    ).findings;
  };
  const before = new Set((await find(objects)).map((finding) => JSON.stringify(finding)));
  const tallies: Tally[] = [];
  for (const operator of applications) {
    const missed: string[] = [];
    let made = 0;
    for (const mutant of operator.mutate(objects)) {
      made += 1;
      if (!(await find(mutant.objects)).some((finding) => isNamed(finding, operator, mutant, before)))
        missed.push(mutant.what);
    }
    tallies.push({ operator, made, caught: made - missed.length, missed });
  }
  return tallies;
}
