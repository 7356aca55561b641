import { kind, mistyped, users, workload } from '../choose.ts';
import { type Data, edit, inContainers, inPods, type Operator, remove, skip, typo } from '../mutant.ts';

function webhookOf(name: string, namespace = 'default') {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'wrong' },
    webhooks: [{ name: 'wrong.example.com', clientConfig: { service: { name, namespace } } }],
  };
}

/** Defects of the family references. */
export const references: readonly Operator[] = [
  {
    id: 'configuration name mistyped',
    family: 'references',
    expects: ['configuration-missing'],
    mutate: (objects) =>
      edit(
        objects,
        workload,
        [
          ...inContainers(
            'env.*.valueFrom.configMapKeyRef.name',
            'env.*.valueFrom.secretKeyRef.name',
            'envFrom.*.configMapRef.name',
            'envFrom.*.secretRef.name',
          ),
          ...inPods(
            'volumes.*.configMap.name',
            'volumes.*.secret.secretName',
            'volumes.*.projected.sources.*.secret.name',
          ),
        ],
        (value, _object, place) => ((place.parent as Data).optional === true ? skip : mistyped(value)),
      ),
  },
  {
    id: 'key mistyped',
    family: 'references',
    expects: ['key-missing'],
    mutate: (objects) =>
      edit(
        objects,
        workload,
        [
          ...inContainers('env.*.valueFrom.configMapKeyRef.key', 'env.*.valueFrom.secretKeyRef.key'),
          ...inPods('volumes.*.configMap.items.*.key', 'volumes.*.secret.items.*.key'),
        ],
        (value, _object, place) => ((place.parent as Data).optional === true ? skip : mistyped(value)),
      ),
  },
  {
    id: 'ConfigMap or Secret removed',
    family: 'references',
    expects: ['configuration-missing'],
    mutate: (objects) =>
      remove(objects, kind('ConfigMap', 'Secret', 'ExternalSecret'), ({ metadata }) =>
        users(objects, metadata.name),
      ),
  },
  {
    id: 'claim name mistyped',
    family: 'references',
    expects: ['claim-missing'],
    mutate: (objects) =>
      edit(objects, workload, inPods('volumes.*.persistentVolumeClaim.claimName'), mistyped),
  },
  {
    id: 'claim removed',
    family: 'references',
    expects: ['claim-missing'],
    mutate: (objects) =>
      remove(objects, kind('PersistentVolumeClaim'), ({ metadata }) => users(objects, metadata.name)),
  },
  {
    id: 'ServiceAccount mistyped',
    family: 'references',
    expects: ['service-account-missing'],
    mutate: (objects) => edit(objects, workload, inPods('serviceAccountName'), mistyped),
  },
  {
    id: 'ServiceAccount removed',
    family: 'references',
    expects: ['service-account-missing'],
    mutate: (objects) =>
      remove(objects, kind('ServiceAccount'), ({ metadata }) => users(objects, metadata.name)),
  },
  {
    id: 'mounted volume mistyped',
    family: 'references',
    expects: ['volume-missing'],
    mutate: (objects) => edit(objects, workload, inContainers('volumeMounts.*.name'), mistyped),
  },
  {
    id: 'subPath mistyped',
    family: 'references',
    expects: ['subpath-missing'],
    mutate: (objects) =>
      edit(objects, workload, inContainers('volumeMounts.*.subPath'), (value, object, place) => {
        const mount = place.parent as Data;
        const text = JSON.stringify(object);
        const ofClaim = new RegExp(
          `"name":"${mount.name}","persistentVolumeClaim"|"persistentVolumeClaim":\\{[^}]*\\},"name":"${mount.name}"`,
        );
        const ofTemplate =
          object.kind === 'StatefulSet' &&
          text.includes(`"volumeClaimTemplates":[{"metadata":{"name":"${mount.name}"`);
        return ofClaim.test(text) || ofTemplate || text.includes(`"name":"${mount.name}","emptyDir"`)
          ? skip
          : mistyped(value);
      }),
  },
  {
    id: 'file of a mounted ConfigMap mistyped in a command',
    family: 'references',
    expects: ['mounted-file-missing'],
    mutate: (objects) => {
      const folders = new Set<string>();
      for (const object of objects.filter(workload)) {
        const text = JSON.stringify(object);
        // Folders of whole ConfigMaps: a subPath mounts one file.
        for (const [, mount = ''] of text.matchAll(
          /\{"mountPath":"([^"]+)","name":"(?:config|scripts?|topics?)"(?:,"readOnly":true)?\}/g,
        ))
          folders.add(mount);
      }
      return edit(objects, workload, inContainers('command.*', 'args.*'), (value) => {
        const text = String(value);
        const folder = [...folders].find((candidate) => text.includes(`${candidate}/`));
        if (folder === undefined || text.includes('\n')) return skip;
        const [, name = ''] = new RegExp(`${folder}/([\\w.-]+)`).exec(text) ?? [];
        return name === '' ? skip : text.replace(`${folder}/${name}`, `${folder}/${typo(name)}`);
      });
    },
  },
  {
    id: 'RuntimeClass that is not there',
    family: 'references',
    expects: ['runtime-class-missing'],
    mutate: (objects) =>
      edit(objects, workload, inPods('containers'), (_value, _object, { parent }) => {
        (parent as Data).runtimeClassName = 'no-such-class';
        return (parent as Data).containers;
      }),
  },
  {
    id: 'ResourceClaim that is not there',
    family: 'references',
    expects: ['resource-claim-missing'],
    mutate: (objects) =>
      edit(objects, workload, inPods('containers'), (_value, _object, { parent }) => {
        (parent as Data).resourceClaims = [{ name: 'device', resourceClaimName: 'no-such-claim' }];
        return (parent as Data).containers;
      }),
  },
  {
    id: 'folder of a mount named by a variable that is not set',
    family: 'references',
    expects: ['variable-undefined'],
    mutate: (objects) =>
      edit(objects, workload, inContainers('volumeMounts.*.mountPath'), (value, _object, { parent }) => {
        const mount = parent as Data;
        if (mount.subPath !== undefined) return skip;
        mount.subPathExpr = '$(NO_SUCH_VARIABLE)';
        return value;
      }),
  },
  {
    id: 'webhook of a Service that is not there',
    family: 'references',
    expects: ['webhook-service-missing'],
    *mutate(objects) {
      for (const { metadata } of objects.filter(kind('Service')))
        yield {
          what: `ValidatingWebhookConfiguration/wrong calls ${typo(metadata.name)}`,
          objects: [...objects, webhookOf(typo(metadata.name), metadata.namespace)],
          ends: ['ValidatingWebhookConfiguration/wrong'],
        };
    },
  },
];
