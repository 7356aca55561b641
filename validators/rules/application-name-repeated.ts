import { namesIn, referencesIn } from '../gitops/expressions.ts';
import type { GeneratorSpec } from '../gitops/generators.ts';
import { offerOf, type Source } from '../gitops/parameters.ts';
import { foundNames } from './parameter-unknown.ts';
import type { Problem, Rule } from './rule.ts';

interface SetSpec {
  readonly goTemplate?: boolean;
  readonly generators?: readonly GeneratorSpec[];
  readonly template?: { readonly metadata?: { readonly name?: string } };
}

const path = 'spec.template.metadata.name';

const effect =
  'Argo CD says that the set contains applications with a duplicate name, and makes none of them';

const described: Readonly<Record<Source['of'], string>> = {
  clusters: 'cluster',
  elements: 'element of the list',
  files: 'file',
  folders: 'folder',
};

/** An ApplicationSet gives several Applications one name. */
export const applicationNameRepeated: Rule = {
  id: 'application-name-repeated',
  severity: 'error',
  family: 'gitops',
  title: 'an ApplicationSet gives several Applications one name',
  *check(context): Iterable<Problem> {
    for (const object of context.model.all('argoproj.io', 'ApplicationSet')) {
      const { goTemplate, generators = [], template } = (object.spec ?? {}) as SetSpec;
      const name = template?.metadata?.name;
      if (name === undefined) continue;
      const taken = (goTemplate === true ? referencesIn(name) : namesIn(name)).map(
        ({ steps }) => steps[0] ?? '',
      );
      // Loops and the like take what nobody here can tell.
      if (taken.length === 0 && name.includes('{{')) continue;
      const repeated = context.deliveries?.repeated.find(
        (one) =>
          one.object.metadata.name === object.metadata.name &&
          one.object.metadata.namespace === object.metadata.namespace,
      );
      const { sources } = offerOf(generators, foundNames(context, object));
      const missing = sources.filter(({ tells }) => !taken.some(tells));
      const sure = missing.find(({ of }) => of !== 'clusters');
      if (repeated !== undefined || sure !== undefined) {
        const whose =
          repeated === undefined ? `every ${described[sure?.of ?? 'files']}` : repeated.paths.join(' and ');
        yield { object, path, message: `it gives the Applications of ${whose} the name ${name}: ${effect}` };
      } else if (missing.length > 0) {
        yield {
          object,
          path,
          severity: 'warning',
          message: `it gives the Applications of every cluster the name ${name}: once two clusters are chosen, ${effect}`,
        };
      }
    }
  },
};
