import { joinPath, type Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Problem, Rule } from './rule.ts';

interface Entry {
  readonly name: string;
  readonly path: string;
}

/** The entries that have the name of one before them. */
function repeated(entries: readonly Entry[]): (Entry & { readonly first: string })[] {
  const seen = new Map<string, string>();
  return entries.flatMap(({ name, path }) => {
    const first = seen.get(name);
    if (first === undefined) seen.set(name, path);
    return first === undefined ? [] : [{ name, path, first }];
  });
}

const refused = 'the API server would refuse it';

function* inPod({ object, pod, templatePath, containers }: Workload): Iterable<Problem> {
  const problem = (
    { name, path, first }: Entry & { readonly first: string },
    what: string,
    effect = refused,
  ) => ({
    object,
    path,
    message: `${what} ${name} is there twice, here and at ${first}: ${effect}`,
  });
  const names = containers.map(({ name, path }) => ({ name, path: joinPath(path, 'name') }));
  for (const one of repeated(names)) yield problem(one, 'container');
  const volumes = (pod.volumes ?? []).map(({ name }, index) => ({
    name,
    path: joinPath(templatePath, `spec.volumes[${index}].name`),
  }));
  for (const one of repeated(volumes)) yield problem(one, 'volume');
  for (const { name: container, spec, path } of containers) {
    const ports = (spec.ports ?? []).flatMap(({ name }, index) =>
      name === undefined ? [] : [{ name, path: joinPath(path, `ports[${index}].name`) }],
    );
    for (const one of repeated(ports)) yield problem(one, `in container ${container}, port`);
    const mounts = (spec.volumeMounts ?? []).map(({ mountPath }, index) => ({
      name: mountPath,
      path: joinPath(path, `volumeMounts[${index}].mountPath`),
    }));
    for (const one of repeated(mounts)) yield problem(one, `in container ${container}, mount path`);
    const variables = (spec.env ?? []).map(({ name }, index) => ({
      name,
      path: joinPath(path, `env[${index}].name`),
    }));
    for (const one of repeated(variables)) {
      const effect = 'the last one counts, and a later apply can drop either';
      yield { ...problem(one, `in container ${container}, env`, effect), severity: 'warning' };
    }
  }
}

interface ServicePorts {
  readonly ports?: readonly {
    readonly name?: string;
    readonly port: number;
    readonly protocol?: string;
  }[];
}

function* inService(object: KubernetesObject): Iterable<Problem> {
  const { ports = [] } = (object.spec ?? {}) as ServicePorts;
  for (const [index, { name }] of ports.entries()) {
    if (ports.length > 1 && !name)
      yield {
        object,
        path: `spec.ports[${index}]`,
        message: `one of ${ports.length} ports has no name: ${refused}`,
      };
  }
  const names = ports.flatMap(({ name }, index) =>
    name === undefined ? [] : [{ name, path: `spec.ports[${index}].name` }],
  );
  const numbers = ports.map(({ port, protocol = 'TCP' }, index) => ({
    name: `${port}/${protocol}`,
    path: `spec.ports[${index}].port`,
  }));
  for (const { name, path, first } of [...repeated(names), ...repeated(numbers)]) {
    yield { object, path, message: `port ${name} is there twice, here and at ${first}: ${refused}` };
  }
}

/** Two things of a pod, or two ports of a Service, have the same name. */
export const nameRepeated: Rule = {
  id: 'name-repeated',
  severity: 'error',
  family: 'references',
  title: 'two containers, volumes, ports, mounts or variables have the same name',
  *check({ model }) {
    for (const workload of model.workloads) yield* inPod(workload);
    for (const { object } of model.services) yield* inService(object);
    const seen = new Set<string>();
    for (const object of model.objects) {
      const { namespace = 'default', name } = object.metadata;
      const group = object.apiVersion.split('/').slice(0, -1).join('');
      const key = `${group} ${object.kind} ${namespace} ${name}`;
      if (seen.has(key))
        yield {
          object,
          path: 'metadata.name',
          message: `the target holds ${object.kind} ${namespace}/${name} twice: the one that is applied last would win`,
          severity: 'warning',
        };
      seen.add(key);
    }
  },
};
