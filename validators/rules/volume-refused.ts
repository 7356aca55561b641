import { exactlyOne, held, outOfShape, refused } from '../api-server/refused.ts';
import { dnsSubdomain } from '../api-server/shapes.ts';
import { type Container, joinPath, type Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Problem, Rule } from './rule.ts';

/** Every source of a volume. Source: k8s.io/api, `core/v1/types.go`, VolumeSource. */
const ofVolume = (
  'awsElasticBlockStore azureDisk azureFile cephfs cinder configMap csi downwardAPI emptyDir ephemeral fc flexVolume ' +
  'flocker gcePersistentDisk gitRepo glusterfs hostPath image iscsi nfs persistentVolumeClaim photonPersistentDisk ' +
  'portworxVolume projected quobyte rbd scaleIO secret storageos vsphereVolume'
).split(' ');
const ofProjection = [
  'secret',
  'configMap',
  'downwardAPI',
  'serviceAccountToken',
  'clusterTrustBundle',
  'podCertificate',
];

/** What is wrong with a path inside a volume; undefined for one that stays in it. */
function leaves(path: string): string | undefined {
  if (path.startsWith('/')) return 'must be relative';
  return path.split('/').includes('..') ? 'may not hold ".."' : undefined;
}

function* inMounts(object: KubernetesObject, { spec, path }: Container): Iterable<Problem> {
  for (const [index, { mountPath, subPath, subPathExpr }] of (spec.volumeMounts ?? []).entries()) {
    const at = `${path}.volumeMounts[${index}]`;
    if (mountPath === '') yield refused(object, `${at}.mountPath`, 'the mount has no place');
    if (mountPath.includes(':'))
      yield {
        object,
        path: `${at}.mountPath`,
        severity: 'warning',
        message: `mountPath ${mountPath} holds ":", which the API forbids and does not check: container runtimes read it as a separator`,
      };
    for (const [field, inside] of [
      ['subPath', subPath],
      ['subPathExpr', subPathExpr],
    ] as const) {
      const wrong = inside ? leaves(inside) : undefined;
      if (wrong !== undefined) yield refused(object, `${at}.${field}`, `${field} ${inside} ${wrong}`);
    }
    if (subPath && subPathExpr)
      yield refused(object, `${at}.subPathExpr`, 'a mount has subPath or subPathExpr, not both');
  }
}

interface Named {
  readonly configMap?: { readonly name?: string | undefined } | null | undefined;
  readonly secret?:
    | { readonly name?: string | undefined; readonly secretName?: string | undefined }
    | null
    | undefined;
}

/** A volume of a ConfigMap or a Secret names it. */
function* unnamed(object: KubernetesObject, path: string, { configMap, secret }: Named): Iterable<Problem> {
  if (configMap && !configMap.name)
    yield refused(object, `${path}.configMap`, 'the volume does not name its ConfigMap');
  if (secret && !secret.name && !secret.secretName)
    yield refused(object, `${path}.secret`, 'the volume does not name its Secret');
}

interface Item {
  readonly path?: string | undefined;
  readonly mode?: number | undefined;
}

function* inItems(
  object: KubernetesObject,
  path: string,
  items: readonly Item[],
  taken: Set<string>,
): Iterable<Problem> {
  for (const [index, { path: file = '', mode }] of items.entries()) {
    const at = `${path}.items[${index}]`;
    const wrong =
      file === ''
        ? 'is empty'
        : (leaves(file) ?? (file.startsWith('..') ? 'may not begin with ".."' : undefined));
    if (wrong !== undefined) yield refused(object, `${at}.path`, `the file's path ${file} ${wrong}`);
    else if (taken.has(file) && path.includes('projected'))
      yield refused(object, `${at}.path`, `two files of the volume are at ${file}`);
    taken.add(file);
    yield* modeOf(object, `${at}.mode`, mode);
  }
}

function* modeOf(object: KubernetesObject, path: string, mode: number | undefined): Iterable<Problem> {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return;
  yield refused(
    object,
    path,
    `the mode ${mode} lies outside 0 and 0777 (511): YAML 1.1 and kustomize read 0644 as octal, JSON has 420`,
  );
}

function* inVolumes({ object, pod, templatePath }: Workload): Iterable<Problem> {
  for (const [index, volume] of (pod.volumes ?? []).entries()) {
    const path = joinPath(templatePath, `spec.volumes[${index}]`);
    const sources = held(volume, ofVolume);
    // None at all stands for an emptyDir.
    if (sources.length > 1)
      yield* exactlyOne(object, `${path}.${sources[1]}`, `volume ${volume.name}`, sources, ofVolume);
    yield* unnamed(object, path, volume);
    const taken = new Set<string>();
    for (const kind of ['configMap', 'secret', 'downwardAPI'] as const) {
      const source = volume[kind];
      if (!source) continue;
      yield* inItems(object, `${path}.${kind}`, source.items ?? [], taken);
      yield* modeOf(object, `${path}.${kind}.defaultMode`, source.defaultMode);
    }
    for (const [position, source] of (volume.projected?.sources ?? []).entries()) {
      const at = `${path}.projected.sources[${position}]`;
      yield* unnamed(object, at, source);
      const kinds = held(source, ofProjection);
      if (kinds.length > 1)
        yield* exactlyOne(object, at, `a projection of volume ${volume.name}`, kinds, ofProjection);
      for (const kind of ['configMap', 'secret', 'downwardAPI'] as const)
        yield* inItems(object, `${at}.${kind}`, source[kind]?.items ?? [], taken);
      const seconds = source.serviceAccountToken?.expirationSeconds;
      if (seconds !== undefined && seconds < 600)
        yield refused(
          object,
          `${at}.serviceAccountToken.expirationSeconds`,
          `a token lives for 600 s at least, not ${seconds}`,
        );
    }
    yield* modeOf(object, `${path}.projected.defaultMode`, volume.projected?.defaultMode);
    const host = volume.hostPath?.path;
    if (host?.split('/').includes('..'))
      yield refused(object, `${path}.hostPath.path`, `the path ${host} may not hold ".."`);
  }
}

/** A files' item of the downward API has exactly one source too. */
function* inDownwardFiles({ object, pod, templatePath }: Workload): Iterable<Problem> {
  for (const [index, { name, downwardAPI, projected }] of (pod.volumes ?? []).entries()) {
    const path = joinPath(templatePath, `spec.volumes[${index}]`);
    const lists = [
      { path: `${path}.downwardAPI`, items: downwardAPI?.items ?? [] },
      ...(projected?.sources ?? []).map((source, position) => ({
        path: `${path}.projected.sources[${position}].downwardAPI`,
        items: source.downwardAPI?.items ?? [],
      })),
    ];
    for (const { path: list, items } of lists) {
      for (const [item, entry] of items.entries()) {
        const choice = ['fieldRef', 'resourceFieldRef'];
        yield* exactlyOne(
          object,
          `${list}.items[${item}]`,
          `file ${entry.path} of volume ${name}`,
          held(entry, choice),
          choice,
        );
      }
    }
  }
}

interface ClaimSpec {
  readonly accessModes?: readonly string[];
  readonly storageClassName?: string;
}

function* inClaim(
  object: KubernetesObject,
  path: string,
  { accessModes = [], storageClassName }: ClaimSpec,
): Iterable<Problem> {
  if (storageClassName)
    yield* outOfShape(object, `${path}.storageClassName`, 'the class', storageClassName, dnsSubdomain);
  if (accessModes.length === 0)
    yield refused(object, path, 'the claim names no accessModes, and needs one at least');
  if (accessModes.includes('ReadWriteOncePod') && accessModes.some((mode) => mode !== 'ReadWriteOncePod'))
    yield refused(object, `${path}.accessModes`, 'ReadWriteOncePod stands alone');
}

/** A volume, a mount or a claim is put together in a way that the API server does not take. */
export const volumeRefused: Rule = {
  id: 'volume-refused',
  severity: 'error',
  family: 'api server',
  title: 'a volume, a mount or a claim has several sources, or a path or a mode that cannot be',
  *check({ model }) {
    for (const workload of model.workloads) {
      for (const container of workload.containers) yield* inMounts(workload.object, container);
      yield* inVolumes(workload);
      yield* inDownwardFiles(workload);
    }
    for (const { object, typed } of model.claims)
      yield* inClaim(object, 'spec', (typed.spec ?? {}) as ClaimSpec);
    for (const object of model.all('apps', 'StatefulSet')) {
      const { volumeClaimTemplates = [] } = (object.spec ?? {}) as {
        readonly volumeClaimTemplates?: readonly { readonly spec?: ClaimSpec }[];
      };
      for (const [index, { spec = {} }] of volumeClaimTemplates.entries())
        yield* inClaim(object, `spec.volumeClaimTemplates[${index}].spec`, spec);
    }
  },
};
