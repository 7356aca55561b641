import type { KubernetesObject } from '@plumbline/validators';
import { anyEnd, kind, server, workload } from '../choose.ts';
import { type Data, edit, inContainers, inPods, type Operator, places, skip } from '../mutant.ts';

const wave = 'metadata.annotations.[argocd.argoproj.io/sync-wave]';

/** Names of Services, and of what answers behind them, that an initContainer waits for. */
function waitedFor(objects: readonly KubernetesObject[]): Set<string> {
  const waits = JSON.stringify(
    objects
      .filter(({ kind: of }) => of !== 'CronJob')
      .map(({ spec }) => [...places(spec, 'template.spec.initContainers.*')].map(({ value }) => value)),
  );
  const services = objects
    .filter(kind('Service'))
    .filter(({ metadata }) => new RegExp(`nc -\\w+ ${metadata.name}[ .]`).test(waits));
  const selected = objects.filter(server).filter((object) => {
    const labels = [...places(object, 'spec.template.metadata.labels')][0]?.value as Data | undefined;
    return services.some(({ spec }) => {
      const pairs = Object.entries(((spec as Data).selector ?? {}) as Data);
      return pairs.length > 0 && pairs.every(([key, value]) => labels?.[key] === value);
    });
  });
  return new Set([...services, ...selected].map(({ metadata }) => metadata.name));
}

/** True for what the pods of something that a sync waits for cannot start without. */
function isUsed(objects: readonly KubernetesObject[], { kind: of, metadata }: KubernetesObject): boolean {
  const field = {
    ConfigMap: 'name',
    Secret: '(?:name|secretName)',
    ExternalSecret: '(?:name|secretName)',
    ServiceAccount: 'serviceAccountName',
  }[of];
  const used = new RegExp(`"${field}":"${metadata.name}"(?!,"optional":true)`);
  return objects.filter(kind('Deployment', 'StatefulSet', 'Job')).some(({ spec }) => {
    const pods = [...places(spec, 'template.spec')].map(({ value }) => value);
    return used.test(
      JSON.stringify(pods).replaceAll(/"(?:containers|initContainers)":\[\{"name"/g, '"c":[{"n"'),
    );
  });
}

/** Defects of the family gitops. */
export const gitops: readonly Operator[] = [
  {
    id: 'generated name without its hash',
    family: 'gitops',
    expects: ['configuration-missing'],
    mutate: (objects) =>
      edit(
        objects,
        workload,
        [
          ...inPods('volumes.*.configMap.name'),
          ...inContainers('envFrom.*.configMapRef.name', 'env.*.valueFrom.configMapKeyRef.name'),
        ],
        (value) => (/-[a-z0-9]{10}$/.test(String(value)) ? String(value).slice(0, -11) : skip),
      ),
  },
  {
    id: 'server in a wave after its waiters',
    family: 'gitops',
    expects: ['wave-too-early'],
    mutate: (objects) => {
      const awaited = waitedFor(objects);
      return edit(
        objects,
        (object) => (server(object) || object.kind === 'Service') && awaited.has(object.metadata.name),
        [wave],
        () => '3',
        anyEnd(objects),
      );
    },
  },
  {
    id: 'configuration in a wave after its users',
    family: 'gitops',
    expects: ['wave-too-early'],
    mutate: (objects) =>
      edit(
        objects,
        (object) =>
          kind('ConfigMap', 'Secret', 'ExternalSecret', 'ServiceAccount')(object) && isUsed(objects, object),
        [wave],
        () => '3',
        anyEnd(objects),
      ),
  },
  {
    id: 'namespace in a wave after what lives in it',
    family: 'gitops',
    expects: ['wave-too-early'],
    mutate: (objects) => edit(objects, kind('Namespace'), [wave], () => '3', anyEnd(objects)),
  },
  {
    id: 'Job before the sync that it needs',
    family: 'gitops',
    expects: ['wave-too-early'],
    mutate: (objects) =>
      edit(objects, kind('Job'), ['metadata.annotations.[argocd.argoproj.io/hook]'], () => 'PreSync'),
  },
  {
    id: 'claim in a wave before its consumer',
    family: 'gitops',
    expects: ['claim-gates-wave'],
    mutate: (objects) => edit(objects, kind('PersistentVolumeClaim'), [wave], () => '-9'),
  },
  {
    id: 'object that Argo CD is told to skip',
    family: 'gitops',
    expects: ['object-kept-out'],
    mutate: (objects) =>
      edit(
        objects,
        kind('ConfigMap', 'Service', 'StatefulSet', 'PersistentVolumeClaim'),
        ['metadata'],
        (value) => {
          const { annotations, ...metadata } = value as Data;
          return {
            ...metadata,
            annotations: { ...(annotations as Data), 'argocd.argoproj.io/hook': 'Skip' },
          };
        },
      ),
  },
];
