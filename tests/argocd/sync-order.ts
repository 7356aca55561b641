import type { KubernetesObject } from '@plumbline/validators';
import { podTemplate } from '../../facts/index.ts';

/** What Argo CD would hang on, or do in the wrong order, in one Application: a sentence each. */
export function orderMistakes(objects: readonly KubernetesObject[]): string[] {
  return [
    ...namespaceFirst(objects),
    ...referencesBefore(objects),
    ...waitersAfter(objects),
    ...claimsWithTheirConsumers(objects),
    ...jobsAsHooks(objects),
    ...outsidersLast(objects),
    ...nothingAfterCronJobs(objects),
    ...authoritiesBefore(objects),
  ];
}

const workloads = new Set(['Deployment', 'StatefulSet', 'Job', 'CronJob']);

export function waveOf({ metadata }: KubernetesObject): number {
  return Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);
}

const say = ({ kind, metadata }: KubernetesObject) => `${kind}/${metadata.name}`;
const withWave = (object: KubernetesObject) => `${say(object)} (wave ${waveOf(object)})`;
const hasPods = ({ kind }: KubernetesObject) => workloads.has(kind);

function namespaceFirst(objects: readonly KubernetesObject[]): string[] {
  const namespaces = objects.filter(({ kind }) => kind === 'Namespace');
  const last = Math.max(...namespaces.map(waveOf));
  return objects
    .filter((object) => object.kind !== 'Namespace' && waveOf(object) <= last)
    .map((object) => `${withWave(object)} is not after its Namespace`);
}

/** The ConfigMaps, Secrets and ServiceAccount that a pod cannot start without, as `Kind/name`. */
function needs(object: KubernetesObject): Set<string> {
  const { spec } = podTemplate(object);
  const found = new Set<string>();
  const add = (kind: string, reference: { name?: string; optional?: boolean } | undefined) => {
    if (reference?.name !== undefined && reference.optional !== true) found.add(`${kind}/${reference.name}`);
  };
  add('ServiceAccount', { name: spec.serviceAccountName ?? 'default' });
  found.delete('ServiceAccount/default');
  for (const { env = [], envFrom = [] } of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const { valueFrom } of env) {
      add('ConfigMap', valueFrom?.configMapKeyRef);
      add('Secret', valueFrom?.secretKeyRef);
    }
    for (const { configMapRef, secretRef } of envFrom) {
      add('ConfigMap', configMapRef);
      add('Secret', secretRef);
    }
  }
  for (const volume of spec.volumes ?? []) {
    add('ConfigMap', volume.configMap);
    const { secretName, optional } = volume.secret ?? {};
    if (secretName !== undefined && optional !== true) found.add(`Secret/${secretName}`);
    for (const { configMap, secret } of volume.projected?.sources ?? []) {
      add('ConfigMap', configMap);
      add('Secret', secret);
    }
  }
  return found;
}

/** What makes an object of the name: the object itself, or for a Secret what has it made. */
function makersOf(reference: string, objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.filter((object) => {
    const spec = object.spec as { target?: { name?: string }; secretName?: string } | undefined;
    if (object.kind === 'ExternalSecret')
      return reference === `Secret/${spec?.target?.name ?? object.metadata.name}`;
    if (object.kind === 'Certificate') return reference === `Secret/${spec?.secretName}`;
    return reference === say(object);
  });
}

function referencesBefore(objects: readonly KubernetesObject[]): string[] {
  return objects.filter(hasPods).flatMap((object) =>
    [...needs(object)].flatMap((reference) => {
      const makers = makersOf(reference, objects);
      if (makers.length === 0) return [`${say(object)} needs ${reference}, which nothing makes`];
      return makers
        .filter((maker) => waveOf(maker) > waveOf(object))
        .map((maker) => `${withWave(object)} needs ${reference}, which ${withWave(maker)} makes later`);
    }),
  );
}

/** The Services that a pod's initContainers wait for by `nc -z <service> <port>`. */
function waitsFor(object: KubernetesObject): string[] {
  return (podTemplate(object).spec.initContainers ?? []).flatMap(({ command = [], args = [] }) =>
    [...[...command, ...args].join(' ').matchAll(/\bnc (?:-\w+ )*-\w*z\w* (?:-w ?\d+ )?([\w.$-]+) \d+/g)].map(
      (match) => match[1] ?? '',
    ),
  );
}

/** The Service of a host's name (`kafka-0.kafka-headless` is the second part), and what answers behind it. */
function behind(host: string, objects: readonly KubernetesObject[]): KubernetesObject[] | undefined {
  const service = objects.find(
    ({ kind, metadata }) => kind === 'Service' && host.split('.').slice(0, 2).includes(metadata.name),
  );
  if (service === undefined) return undefined;
  const { selector = {} } = service.spec as { selector?: Readonly<Record<string, string>> };
  const answering = objects.filter((object) => {
    if (!hasPods(object)) return false;
    const { labels } = podTemplate(object);
    return Object.entries(selector).every(([key, value]) => labels[key] === value);
  });
  return [service, ...answering];
}

function waitersAfter(objects: readonly KubernetesObject[]): string[] {
  // Those that make a schema: what gives a job to a cluster is no part of it.
  const jobs = objects.filter(
    ({ kind, metadata }) =>
      kind === 'Job' && metadata.labels?.['app.kubernetes.io/component'] !== 'processor',
  );
  // No sync waits for a CronJob's runs.
  return objects
    .filter((object) => hasPods(object) && object.kind !== 'CronJob')
    .flatMap((object) => {
      const initContainers = podTemplate(object).spec.initContainers ?? [];
      const waitsForSchema = initContainers.some(({ name }) => name === 'wait-for-schema');
      const mistakes = waitsFor(object)
        .filter((host) => behind(host, objects) === undefined)
        .map((host) => `${say(object)} waits for ${host}, which is no Service here`);
      const awaited = [
        ...waitsFor(object).flatMap((host) => behind(host, objects) ?? []),
        ...(waitsForSchema ? jobs : []),
      ].filter((other) => waveOf(other) > waveOf(object));
      return [
        ...mistakes,
        ...awaited.map((other) => `${withWave(object)} waits for ${withWave(other)}, which comes later`),
      ];
    });
}

/** A claim that binds at its first consumer is healthy only once that consumer is there. */
function claimsWithTheirConsumers(objects: readonly KubernetesObject[]): string[] {
  const claims = objects.filter(({ kind }) => kind === 'PersistentVolumeClaim');
  return claims.flatMap((claim) => {
    const consumers = objects.filter(
      (object) =>
        hasPods(object) &&
        (podTemplate(object).spec.volumes ?? []).some(
          (volume) => volume.persistentVolumeClaim?.claimName === claim.metadata.name,
        ),
    );
    const early = consumers.filter((object) => waveOf(object) < waveOf(claim));
    const first = consumers.some((object) => object.kind !== 'CronJob' && waveOf(object) === waveOf(claim));
    return [
      ...early.map((object) => `${withWave(object)} mounts ${withWave(claim)}, which comes later`),
      ...(first ? [] : [`${withWave(claim)} would stay Pending: nothing of its wave mounts it`]),
    ];
  });
}

function jobsAsHooks(objects: readonly KubernetesObject[]): string[] {
  const wanted = {
    'argocd.argoproj.io/hook': 'Sync',
    'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
  };
  return objects
    .filter(({ kind }) => kind === 'Job')
    .flatMap((job) =>
      Object.entries(wanted)
        .filter(([name, value]) => job.metadata.annotations?.[name] !== value)
        .map(([name, value]) => `${say(job)} has not ${name}: ${value}: a changed Job could not be applied`),
    );
}

/** What gets its address or certificate from outside, unless a pod mounts it or an Issuer signs with it: it may come late or never. */
function outsidersLast(objects: readonly KubernetesObject[]): string[] {
  const used = new Set(objects.filter(hasPods).flatMap((object) => [...needs(object)]));
  for (const { kind, spec } of objects) {
    const { ca } = (spec ?? {}) as { ca?: { secretName: string } };
    if (kind === 'Issuer' && ca !== undefined) used.add(`Secret/${ca.secretName}`);
  }
  const pods = objects.filter(hasPods);
  return objects
    .filter(({ kind, spec }) => {
      const { type, secretName } = (spec ?? {}) as { type?: string; secretName?: string };
      if (kind === 'Certificate') return !used.has(`Secret/${secretName}`);
      return kind === 'Ingress' || (kind === 'Service' && type === 'LoadBalancer');
    })
    .flatMap((outsider) => {
      const held = pods.find((object) =>
        // Nothing waits for its own wave, if that is the last: a CronJob is there too.
        object.kind === 'CronJob' ? waveOf(object) > waveOf(outsider) : waveOf(object) >= waveOf(outsider),
      );
      return held === undefined
        ? []
        : [`${withWave(outsider)} comes before ${withWave(held)}, which would wait for what outsiders give`];
    });
}

/** One is Degraded after a run that failed, and Suspended while it is: the first fails a sync, the second holds it for ever. */
function nothingAfterCronJobs(objects: readonly KubernetesObject[]): string[] {
  const last = Math.max(...objects.map(waveOf));
  return objects
    .filter((object) => object.kind === 'CronJob' && waveOf(object) < last)
    .map((object) => `${withWave(object)} holds up what comes later when a run of it failed`);
}

/** An Issuer says Ready=False, which is Degraded, while the Secret that it signs with is not there. */
function authoritiesBefore(objects: readonly KubernetesObject[]): string[] {
  const issuers = objects.filter(({ kind }) => kind === 'Issuer');
  return objects
    .filter(({ kind }) => kind === 'Certificate')
    .flatMap((certificate) => {
      const { secretName, issuerRef } = certificate.spec as {
        secretName: string;
        issuerRef: { kind?: string; name: string };
      };
      const signing = issuers
        .filter(({ spec }) => (spec as { ca?: { secretName: string } }).ca?.secretName === secretName)
        .filter((issuer) => waveOf(issuer) <= waveOf(certificate))
        .map((issuer) => `${withWave(issuer)} is not after ${withWave(certificate)}, which makes its Secret`);
      const asked = issuers
        .filter(({ metadata }) => issuerRef.kind !== 'ClusterIssuer' && metadata.name === issuerRef.name)
        .filter((issuer) => waveOf(issuer) > waveOf(certificate))
        .map((issuer) => `${withWave(certificate)} is signed by ${withWave(issuer)}, which comes later`);
      return [...signing, ...asked];
    });
}
