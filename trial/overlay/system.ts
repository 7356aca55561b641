import { build, buildModel, type Model, readRendered, type Workload } from '@plumbline/validators';

/** A system as one environment would apply it. */
export interface System {
  readonly root: string;
  readonly environment: string;
  readonly name: string;
  readonly model: Model;
}

/**
 * Renders `overlays/<environment>/<system>` of the repository at `root`.
 * @throws Error with kustomize's own words when it does not render.
 */
export async function renderSystem(
  root: string,
  kustomize: string,
  environment: string,
  name: string,
): Promise<System> {
  const built = await build([kustomize, 'build'], root, `overlays/${environment}/${name}`);
  if (!built.ok) throw new Error(`overlays/${environment}/${name} does not render: ${built.message}`);
  const rendered = readRendered(built.stream, new Map());
  return { root, environment, name, model: buildModel(rendered.map(({ object }) => object)) };
}

/** A workload by kind and name. @throws Error that names the ones there are. */
export function workloadOf(system: System, kind: string, name: string): Workload {
  const { workloads } = system.model;
  const found = workloads.find((workload) => workload.kind === kind && workload.name === name);
  if (found !== undefined) return found;
  const there = workloads.map((workload) => `${workload.kind}/${workload.name}`).join(', ');
  throw new Error(`overlays/${system.environment}/${system.name} has no ${kind}/${name}; it has ${there}`);
}
