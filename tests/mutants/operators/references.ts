import { anyEnd, kind, mistyped, users, workload } from '../choose.ts';
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
    id: 'file that a mounted file includes mistyped',
    family: 'references',
    expects: ['mounted-file-missing'],
    mutate: (objects) =>
      edit(
        objects,
        kind('ConfigMap'),
        ['data.*'],
        (value) => {
          const [whole = '', before = '', name = ''] = /^(include\s+')([\w.-]+)/m.exec(String(value)) ?? [];
          return whole === '' ? skip : String(value).replace(whole, before + typo(name));
        },
        anyEnd(objects),
      ),
  },
  {
    id: 'folder of a mount mistyped in a variable',
    family: 'references',
    expects: ['mounted-file-missing'],
    mutate: (objects) =>
      edit(objects, workload, inContainers('env'), (value, _object, { parent }) => {
        const mount = ((parent as Data).volumeMounts as Data[] | undefined)?.find(
          ({ subPath, mountPath }) => {
            const last = String(mountPath).split('/').at(-1) ?? '';
            return subPath === undefined && /^[a-z]{5,}$/.test(last);
          },
        );
        if (mount === undefined) return skip;
        const [last = '', ...before] = String(mount.mountPath).split('/').reverse();
        const wrong = [typo(last), ...before].reverse().join('/');
        return [...(value as Data[]), { name: 'DATA_FOLDER', value: `${wrong}/file` }];
      }),
  },
  {
    id: 'variable that others of the image have mistyped',
    family: 'references',
    expects: ['variable-mistyped'],
    mutate: (objects) => {
      const all = JSON.stringify(objects.filter(workload));
      return edit(objects, workload, inContainers('env.*.name'), (value, object, { parent }) => {
        const name = String(value);
        const { metadata } = object;
        // A database's variables, say, which every program of the system has.
        const often = all.split(`"name":"${name}"`).length > 6;
        return /^DB_(?:HOST|NAME|PASSWORD)$/.test(name) &&
          often &&
          metadata.name !== 'postgres' &&
          parent !== undefined
          ? typo(name)
          : skip;
      });
    },
  },
  {
    id: 'variable of a shell mistyped',
    family: 'references',
    expects: ['variable-undefined'],
    mutate: (objects) => {
      const scripts = objects
        .filter(kind('ConfigMap'))
        .flatMap(({ data = {} }) => Object.entries(data as Record<string, string>))
        .filter(([key]) => key.endsWith('.sh'));
      return edit(
        objects,
        workload,
        inContainers('env'),
        (value, _object, { parent }) => {
          const words = JSON.stringify([(parent as Data).command, (parent as Data).args]);
          const script = scripts.find(([key]) => words.includes(`/${key}"`))?.[1];
          const variables = value as { name: string }[];
          const index = variables.findIndex(({ name }) =>
            new RegExp(`\\$(?:\\{${name}\\}|${name}\\b)`).test(script ?? ''),
          );
          const { name = '', ...others } = variables[index] ?? {};
          if (name.length < 6) return skip;
          return variables.with(index, { ...others, name: typo(name) });
        },
        anyEnd(objects),
      );
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
