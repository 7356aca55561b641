import { anyEnd, brokenAddress, kind, mistyped, workload } from '../choose.ts';
import { type Data, edit, inContainers, type Operator, skip } from '../mutant.ts';

/** What the API server, admission or the kubelet refuses, and no schema. */
export const refusals: readonly Operator[] = [
  {
    id: 'image with a capital',
    family: 'api server',
    expects: ['image-name-refused'],
    mutate: (objects) =>
      edit(objects, workload, inContainers('image'), (value) =>
        String(value).replace(/[^/]+$/, (last) => last.charAt(0).toUpperCase() + last.slice(1)),
      ),
  },
  {
    id: 'image with a scheme',
    family: 'api server',
    expects: ['image-name-refused'],
    mutate: (objects) => edit(objects, workload, inContainers('image'), (value) => `https://${value}`),
  },
  {
    id: 'image with two tags, or a digest cut short',
    family: 'api server',
    expects: ['image-name-refused'],
    mutate: (objects) =>
      edit(objects, workload, inContainers('image'), (value) =>
        String(value).includes('@') ? String(value).slice(0, -1) : `${value}:1.0.0`,
      ),
  },
  {
    id: 'history below nothing',
    family: 'api server',
    expects: ['workload-refused'],
    mutate: (objects) =>
      edit(
        objects,
        kind('CronJob'),
        ['spec.successfulJobsHistoryLimit', 'spec.failedJobsHistoryLimit'],
        () => -1,
      ),
  },
  {
    id: 'failure policy of a container that is not there',
    family: 'api server',
    expects: ['workload-refused'],
    mutate: (objects) =>
      edit(objects, kind('Job', 'CronJob'), ['spec', 'spec.jobTemplate.spec'], (value) =>
        'template' in (value as Data)
          ? {
              ...(value as Data),
              podFailurePolicy: {
                rules: [
                  { action: 'FailJob', onExitCodes: { containerName: 'mian', operator: 'In', values: [1] } },
                ],
              },
            }
          : skip,
      ),
  },
  {
    id: 'version of a security level without its v',
    family: 'security',
    expects: ['pod-security'],
    mutate: (objects) =>
      edit(objects, kind('Namespace'), ['metadata.labels'], (value) => ({
        ...(value as Data),
        'pod-security.kubernetes.io/enforce-version': '1.35',
      })),
  },
  {
    id: 'autoscaler of a version that is not served',
    family: 'scaling',
    expects: ['scale-target-missing'],
    mutate: (objects) =>
      edit(
        objects,
        kind('HorizontalPodAutoscaler'),
        ['spec.scaleTargetRef.apiVersion'],
        () => 'apps/v1beta1',
      ),
  },
  {
    id: 'template of a secret that takes what is not fetched',
    family: 'references',
    expects: ['secret-template-unknown'],
    mutate: (objects) =>
      edit(objects, kind('ExternalSecret'), ['spec.target.template.data.*'], (value) => {
        const named = /\{\{ \.(\w+)/.exec(String(value))?.[1];
        return named === undefined ? skip : String(value).replace(`.${named}`, `.${mistyped(named)}`);
      }),
  },
  {
    id: 'host in a file of passwords mistyped',
    family: 'flows',
    expects: ['address-without-service'],
    mutate: (objects) =>
      edit(
        objects,
        kind('ExternalSecret', 'Secret'),
        ['spec.target.template.data.pgpass', 'stringData.pgpass'],
        brokenAddress(objects, 'host'),
      ),
  },
  {
    id: 'variables of an address written as one data source name, its host mistyped',
    family: 'flows',
    expects: ['address-without-service'],
    mutate: (objects) => {
      const names = objects.filter(kind('Service')).map(({ metadata }) => metadata.name);
      return edit(objects, workload, inContainers('env.*.value'), (value) =>
        names.includes(String(value)) ? `shop:pw@tcp(${mistyped(value)}:3306)/shop` : skip,
      );
    },
  },
  {
    id: 'DNS by a label that somebody has to put on',
    family: 'flows',
    expects: ['dns-cut'],
    mutate: (objects) =>
      edit(objects, kind('NetworkPolicy'), ['spec.egress.*.to.*.namespaceSelector.matchLabels'], (value) =>
        (value as Data)['kubernetes.io/metadata.name'] === 'kube-system' ? { name: 'kube-system' } : skip,
      ),
  },
  {
    id: 'wave that is no integer',
    family: 'gitops',
    expects: ['sync-setting-unknown'],
    mutate: (objects) =>
      edit(objects, workload, ['metadata'], (value) => annotated(value, 'sync-wave', 'one')),
  },
  {
    id: 'hook of a phase that there is not',
    family: 'gitops',
    expects: ['sync-setting-unknown'],
    mutate: (objects) =>
      edit(objects, kind('Job'), ['metadata'], (value) => annotated(value, 'hook', 'PreSyncs')),
  },
  {
    id: 'hooks deleted by a policy that there is not',
    family: 'gitops',
    expects: ['sync-setting-unknown'],
    mutate: (objects) =>
      edit(objects, kind('Job'), ['metadata'], (value) =>
        annotated(value, 'hook-delete-policy', 'BeforeHookCreate'),
      ),
  },
  {
    id: 'option of a sync with a mistyped value',
    family: 'gitops',
    expects: ['sync-setting-unknown'],
    mutate: (objects) =>
      edit(objects, kind('StatefulSet'), ['metadata'], (value) =>
        annotated(value, 'sync-options', 'Prune=flase'),
      ),
  },
  {
    id: 'way that is opened after who waits for it',
    family: 'gitops',
    expects: ['wave-too-early'],
    mutate: (objects) => {
      const awaited = new Set(
        objects
          .filter(workload)
          .flatMap((object) => JSON.stringify(object).match(/(?<="wait-for-)[a-z-]+(?=")/g) ?? []),
      );
      return edit(
        objects,
        ({ kind: its, metadata }) =>
          its === 'NetworkPolicy' && awaited.has(metadata.name.replace(/^to-/, '')),
        ['metadata'],
        (value) => annotated(value, 'sync-wave', '9'),
        anyEnd(objects),
      );
    },
  },
];

/** An object's metadata with an annotation that Argo CD reads. */
function annotated(metadata: unknown, name: string, value: string): Data {
  const { annotations = {}, ...others } = metadata as Data & { annotations?: Data };
  return { ...others, annotations: { ...annotations, [`argocd.argoproj.io/${name}`]: value } };
}
