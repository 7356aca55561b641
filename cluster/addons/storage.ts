import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubeconfigOf } from '../control-plane/components.ts';
import type { Component } from '../inside/component.ts';
import { inside } from '../layout.ts';
import { filesOf, type StorageClass } from '../spec.ts';

const volumes = join(filesOf(inside.state).data, 'volumes');
const shared = join(filesOf(inside.state).data, 'shared-volumes');
const namespace = 'local-path-storage';
const image = 'busybox:1.37.0';

/** A volume of a class is a folder of the node's, or one that all nodes write. */
function configurationOf(classes: readonly StorageClass[]): string {
  const own = { nodePathMap: [{ node: 'DEFAULT_PATH_FOR_NON_LISTED_NODES', paths: [volumes] }] };
  const configs = classes.map(({ name, shared: isShared }) => [
    name,
    isShared ? { sharedFileSystemPath: shared } : own,
  ]);
  return JSON.stringify({ storageClassConfigs: Object.fromEntries(configs) });
}

const helperPod = `apiVersion: v1
kind: Pod
metadata:
  name: helper-pod
  labels: {plumbline.dev/helper: volumes}
spec:
  containers:
    - name: helper-pod
      image: ${image}
      imagePullPolicy: IfNotPresent
`;

/** The classes, and what their provisioner reads. */
export function storageObjects(classes: readonly StorageClass[]): object[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'local-path', namespace } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'local-path-config', namespace },
      data: {
        'config.json': configurationOf(classes),
        setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
        teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
        'helperPod.yaml': helperPod,
      },
    },
    ...classes.map(storageClass),
  ];
}

function storageClass({ name, default: isDefault }: StorageClass) {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name,
      annotations: { 'storageclass.kubernetes.io/is-default-class': String(isDefault) },
    },
    provisioner: 'rancher.io/local-path',
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
  };
}

/** local-path-provisioner, as a program of the node rather than a pod. */
export async function storageComponent(
  program: string,
  classes: readonly StorageClass[],
): Promise<Component> {
  const config = join(inside.run, 'config', 'volumes.json');
  const pod = join(inside.run, 'config', 'volume-helper.yaml');
  await Promise.all([writeFile(config, configurationOf(classes)), writeFile(pod, helperPod)]);
  return {
    name: 'local-path-provisioner',
    argv: [
      program,
      'start',
      `--config=${config}`,
      `--kubeconfig=${kubeconfigOf('admin')}`,
      `--namespace=${namespace}`,
      '--service-account-name=local-path',
      `--helper-image=${image}`,
      `--helper-pod-file=${pod}`,
      '--provisioner-name=rancher.io/local-path',
      '--configmap-name=local-path-config',
    ],
    env: { POD_NAMESPACE: namespace },
  };
}
