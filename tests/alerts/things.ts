import type { Model, Workload } from '@plumbline/validators';

type Labels = Readonly<Record<string, string>>;

/** A pod or claim of a StatefulSet, an object, or what a controller makes of one. */
export interface Thing {
  readonly kind: string;
  readonly name: string;
  readonly labels: Labels;
  readonly containers: readonly string[];
}

interface Template {
  readonly metadata?: { readonly labels?: Labels };
}

/** What there is of a rendered system once it runs, as far as its names can be known before. */
export function thingsOf({ objects, workloads }: Model): Thing[] {
  const things: Thing[] = objects.map(({ kind, metadata }) => {
    const containers = workloads.find(({ object }) => object.metadata === metadata)?.containers ?? [];
    const labels = (metadata.labels ?? {}) as Labels;
    return { kind, name: metadata.name, labels, containers: containers.map(({ name }) => name) };
  });
  for (const workload of workloads) things.push(...madeOf(workload));
  return things;
}

function* madeOf({ object, kind, name, labels, containers, replicas }: Workload): Iterable<Thing> {
  const names = containers.map((container) => container.name);
  if (kind === 'StatefulSet') {
    const { selector, volumeClaimTemplates = [] } = object.spec as unknown as {
      selector: { matchLabels: Labels };
      volumeClaimTemplates?: { metadata: { name: string; labels?: Labels } }[];
    };
    for (let index = 0; index < replicas.max; index += 1) {
      yield { kind: 'Pod', name: `${name}-${index}`, labels, containers: names };
      for (const { metadata } of volumeClaimTemplates)
        yield {
          kind: 'PersistentVolumeClaim',
          name: `${metadata.name}-${name}-${index}`,
          // kubernetes/kubernetes, pkg/controller/statefulset: getPersistentVolumeClaims
          labels: { ...metadata.labels, ...selector.matchLabels },
          containers: [],
        };
    }
    return;
  }
  yield { kind: 'Pod', name: `${name}-…`, labels, containers: names };
  if (kind === 'CronJob') {
    const { jobTemplate } = object.spec as unknown as { jobTemplate: Template };
    yield { kind: 'Job', name: `${name}-…`, labels: jobTemplate.metadata?.labels ?? {}, containers: names };
  }
}
