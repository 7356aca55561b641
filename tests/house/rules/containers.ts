import { containers, workloads } from '../objects.ts';
import { type HouseRule, type Violation, violation } from '../violation.ts';

/** Every container, initContainers too, requests CPU and memory, and has limits for both. */
export const requestsAndLimits: HouseRule = ({ objects }) =>
  workloads(objects).flatMap((workload) =>
    containers(workload).flatMap(({ container, path }) =>
      (['requests', 'limits'] as const).flatMap((which) =>
        ['cpu', 'memory']
          .filter((resource) => container.resources?.[which]?.[resource] === undefined)
          .map((resource) =>
            violation(workload.object, `${path}.resources.${which}`, `there is no ${resource}`),
          ),
      ),
    ),
  );

/** Every container that runs for long, sidecars too, says whether it lives and whether it is ready. */
export const probes: HouseRule = ({ objects }) =>
  workloads(objects)
    .filter(({ longRunning }) => longRunning)
    .flatMap((workload) =>
      containers(workload)
        .filter(({ list, container }) => list === 'containers' || container.restartPolicy === 'Always')
        .flatMap(({ container, path }) =>
          (['livenessProbe', 'readinessProbe'] as const)
            .filter((which) => container[which] === undefined)
            .map((which) => violation(workload.object, path, `there is no ${which}`)),
        ),
    );

/** What the restricted Pod Security Standard asks, said in full, and a root file system that nobody writes. */
export const restricted: HouseRule = ({ objects }) =>
  workloads(objects).flatMap((workload) => {
    const { object, spec, path } = workload;
    const found: Violation[] = [];
    const pod = spec.securityContext ?? {};
    if (pod.seccompProfile?.type !== 'RuntimeDefault') {
      found.push(violation(object, `${path}.spec.securityContext`, 'seccompProfile must be RuntimeDefault'));
    }
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC'] as const) {
      if (spec[field]) found.push(violation(object, `${path}.spec.${field}`, 'it must not share the node'));
    }
    for (const [index, volume] of (spec.volumes ?? []).entries()) {
      if (volume.hostPath)
        found.push(violation(object, `${path}.spec.volumes[${index}]`, 'it mounts the node'));
    }
    for (const { container, path: where } of containers(workload)) {
      const own = container.securityContext ?? {};
      const wrong: string[] = [];
      if ((own.runAsNonRoot ?? pod.runAsNonRoot) !== true) wrong.push('runAsNonRoot must be true');
      const user = own.runAsUser ?? pod.runAsUser;
      if (typeof user !== 'number' || user === 0) wrong.push('runAsUser must be a number above 0');
      if (own.allowPrivilegeEscalation !== false) wrong.push('allowPrivilegeEscalation must be false');
      if (own.readOnlyRootFilesystem !== true) wrong.push('readOnlyRootFilesystem must be true');
      if (!own.capabilities?.drop?.includes('ALL')) wrong.push('capabilities must drop ALL');
      if ((own.capabilities?.add ?? []).length > 0) wrong.push('capabilities must add none');
      if (own.privileged) wrong.push('it must not be privileged');
      found.push(...wrong.map((message) => violation(object, `${where}.securityContext`, message)));
    }
    return found;
  });

/** Each workload has an account of its own, without a token unless a Role is bound to it, and no links to Services. */
export const ownAccount: HouseRule = ({ objects }) => {
  const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount');
  const bound = new Set(
    objects
      .filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding')
      .flatMap(({ subjects }) => (subjects ?? []) as { readonly kind: string; readonly name: string }[])
      .filter(({ kind }) => kind === 'ServiceAccount')
      .map(({ name }) => name),
  );
  const owners = new Map<string, string>();
  const tokens = accounts
    .filter(({ metadata }) => !bound.has(metadata.name))
    .filter((account) => account.automountServiceAccountToken !== false)
    .map((account) => violation(account, 'automountServiceAccountToken', 'it must be false'));
  const pods = workloads(objects).flatMap(({ object, spec, path }) => {
    const found: Violation[] = [];
    const { serviceAccountName: name } = spec;
    const where = `${path}.spec.serviceAccountName`;
    const account = accounts.find(
      ({ metadata }) => metadata.name === name && metadata.namespace === object.metadata.namespace,
    );
    if (account === undefined) {
      found.push(violation(object, where, `there is no ServiceAccount ${name ?? 'named'}`));
    } else {
      const key = `${account.metadata.namespace}/${name}`;
      const owner = owners.get(key);
      if (owner !== undefined) found.push(violation(object, where, `${name} is ${owner}'s already`));
      owners.set(key, `${object.kind} ${object.metadata.name}`);
    }
    if (spec.automountServiceAccountToken !== false && !bound.has(name ?? '')) {
      found.push(violation(object, `${path}.spec.automountServiceAccountToken`, 'it must be false'));
    }
    if (spec.enableServiceLinks !== false) {
      found.push(violation(object, `${path}.spec.enableServiceLinks`, 'it must be false'));
    }
    return found;
  });
  return [...tokens, ...pods];
};

/** An image built here is loaded into the node where there is no registry, and pulled at most once elsewhere. */
export const pullPolicy: HouseRule = ({ objects, environment, images }) => {
  const loaded = environment.name === 'kind' || environment.name === 'minikube';
  const wanted = loaded ? 'Never' : 'IfNotPresent';
  return workloads(objects).flatMap((workload) =>
    containers(workload).flatMap(({ container, path }) => {
      const name = (container.image ?? '').replace(/[:@].*$/, '').replace(/^.*\//, '');
      if (images.built[name] === undefined || container.imagePullPolicy === wanted) return [];
      const found = container.imagePullPolicy ?? 'not said';
      return [
        violation(
          workload.object,
          `${path}.imagePullPolicy`,
          `it must be ${wanted} for ${name}, and is ${found}`,
        ),
      ];
    }),
  );
};
