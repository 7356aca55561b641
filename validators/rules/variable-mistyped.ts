import type { Model } from '../model/model.ts';
import { type Container, joinPath, type Workload } from '../model/workload.ts';
import { isSlip } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

interface Place {
  readonly workload: Workload;
  readonly container: Container;
}

/** An image without its tag and digest. */
const repositoryOf = (image: string) => image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');

/** The containers of each image in each namespace. */
function byImage({ workloads }: Model): Map<string, Place[]> {
  const places = workloads.flatMap((workload) =>
    workload.containers.map((container) => ({ workload, container })),
  );
  return Map.groupBy(
    places,
    ({ workload, container }) => `${workload.namespace} ${repositoryOf(container.spec.image ?? '')}`,
  );
}

function* among(places: readonly Place[]): Iterable<Problem> {
  const holders = new Map<string, Set<Container>>();
  for (const { container } of places) {
    for (const { name } of container.spec.env ?? [])
      holders.set(name, (holders.get(name) ?? new Set()).add(container));
  }
  for (const { workload, container } of places) {
    for (const [index, { name }] of (container.spec.env ?? []).entries()) {
      // What two containers are given under one name is called so.
      if (name.length < 6 || holders.get(name)?.size !== 1) continue;
      for (const [other, containers] of holders) {
        if (containers.size < 2 || containers.has(container) || !isSlip(name, other)) continue;
        // Variables are numbered, and named in the plural.
        if (/\d/.test(name) || `${name}S` === other || `${other}S` === name) continue;
        yield {
          object: workload.object,
          path: joinPath(container.path, `env[${index}].name`),
          message: `container ${container.name} of ${workload.kind} ${workload.name} is given ${name}, and ${containers.size} other containers of its image are given ${other}, which it is not: it would run without, or not start`,
        };
      }
    }
  }
}

/** A container lacks a variable that others of its image are given, and has one of nearly that name instead. */
export const variableMistyped: Rule = {
  id: 'variable-mistyped',
  severity: 'error',
  family: 'references',
  title: 'a variable of a container is nearly, and not quite, what others of its image are given',
  *check({ model }) {
    for (const places of byImage(model).values()) if (places.length > 2) yield* among(places);
  },
};
