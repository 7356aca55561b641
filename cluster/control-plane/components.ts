import { join } from 'node:path';
import type { Component } from '../inside/component.ts';
import { addresses, inside } from '../layout.ts';
import { filesOf } from '../spec.ts';

const { keys, data } = filesOf(inside.state);
const key = (name: string) => join(keys, name);

/** Where a component's kubeconfig lies, inside. */
export function kubeconfigOf(identity: string): string {
  return join(inside.run, 'kubeconfigs', identity);
}

const client = 'http://127.0.0.1:2379';
const peer = 'http://127.0.0.1:2380';

export function etcd(program: string): Component {
  return {
    name: 'etcd',
    argv: [
      program,
      `--data-dir=${join(data, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      // What it wrote is in the kernel's hands when it is killed; a machine that crashes takes its cluster along.
      '--unsafe-no-fsync',
    ],
  };
}

/** The API server, with the admission that a cluster of kind's has. */
export function apiServer(program: string): Component {
  return {
    name: 'kube-apiserver',
    argv: [
      program,
      `--etcd-servers=${client}`,
      `--advertise-address=${addresses.node}`,
      `--secure-port=${addresses.apiPort}`,
      `--service-cluster-ip-range=${addresses.services}`,
      `--tls-cert-file=${key('apiserver.crt')}`,
      `--tls-private-key-file=${key('apiserver.key')}`,
      `--client-ca-file=${key('ca.crt')}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--allow-privileged=true',
      `--kubelet-certificate-authority=${key('ca.crt')}`,
      `--kubelet-client-certificate=${key('apiserver-to-kubelet.crt')}`,
      `--kubelet-client-key=${key('apiserver-to-kubelet.key')}`,
      '--kubelet-preferred-address-types=InternalIP',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${key('service-accounts.pub')}`,
      `--service-account-signing-key-file=${key('service-accounts.key')}`,
      // What metrics-server and its likes, behind the API server, trust.
      `--requestheader-client-ca-file=${key('ca.crt')}`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-username-headers=X-Remote-User',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      `--proxy-client-cert-file=${key('front-proxy.crt')}`,
      `--proxy-client-key-file=${key('front-proxy.key')}`,
    ],
  };
}

export function controllerManager(program: string): Component {
  const config = kubeconfigOf('controller-manager');
  return {
    name: 'kube-controller-manager',
    argv: [
      program,
      `--kubeconfig=${config}`,
      `--authentication-kubeconfig=${config}`,
      `--authorization-kubeconfig=${config}`,
      `--service-account-private-key-file=${key('service-accounts.key')}`,
      `--root-ca-file=${key('ca.crt')}`,
      `--cluster-signing-cert-file=${key('ca.crt')}`,
      `--cluster-signing-key-file=${key('ca.key')}`,
      '--use-service-account-credentials=true',
      '--allocate-node-cidrs=true',
      // Its default of 20 requests a second is for a server that is shared.
      '--kube-api-qps=200',
      '--kube-api-burst=400',
      `--cluster-cidr=${addresses.allPods}`,
      `--service-cluster-ip-range=${addresses.services}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
    ],
  };
}

export function scheduler(program: string): Component {
  const config = kubeconfigOf('scheduler');
  return {
    name: 'kube-scheduler',
    argv: [
      program,
      `--kubeconfig=${config}`,
      `--authentication-kubeconfig=${config}`,
      `--authorization-kubeconfig=${config}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
    ],
  };
}
