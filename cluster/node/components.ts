import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubeconfigOf } from '../control-plane/components.ts';
import type { Component } from '../inside/component.ts';
import { cniFolder } from '../inside/network.ts';
import { addresses, inside } from '../layout.ts';
import { filesOf } from '../spec.ts';

const { keys, data } = filesOf(inside.state);

/** The image of the container that holds a pod's namespaces. */
export const pauseImage = 'plumbline.local/pause:1';

const containerdConfig = `version = 2
root = "${data}/containerd"
state = "${inside.run}/containerd"
disabled_plugins = [${['btrfs', 'zfs', 'aufs', 'devmapper'].map((name) => `"io.containerd.snapshotter.v1.${name}"`).join(', ')}]
[grpc]
  address = "${inside.containerd}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # Neither is to be had in a container or a small virtual machine.
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${cniFolder}"
`;

/** The kubelet's configuration for the cluster whose pods' cgroups stand below `cgroup`. */
function kubeletConfig(cgroup: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(keys, 'ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    address: addresses.node,
    tlsCertFile: join(keys, 'node.crt'),
    tlsPrivateKeyFile: join(keys, 'node.key'),
    containerRuntimeEndpoint: `unix://${inside.containerd}`,
    cgroupRoot: `/${cgroup}`,
    cgroupDriver: 'cgroupfs',
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    clusterDomain: 'cluster.local',
    clusterDNS: [addresses.dns],
    resolvConf: inside.resolvConf,
    podLogsDir: join(data, 'pod-logs'),
    volumePluginDir: join(inside.run, 'volume-plugins'),
    // The disk is the host's, and half full as it may be: it is not ours to judge.
    evictionHard: {
      'memory.available': '100Mi',
      'nodefs.available': '1%',
      'imagefs.available': '1%',
      'nodefs.inodesFree': '1%',
    },
    // Nothing can be pulled again.
    imageGCHighThresholdPercent: 100,
    maxPods: 110,
    serializeImagePulls: false,
    nodeStatusUpdateFrequency: '5s',
  };
}

/** kube-proxy's configuration for the node of that name. */
const proxyConfig = (nodeName: string) => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  clientConnection: { kubeconfig: kubeconfigOf('proxy') },
  mode: 'nftables',
  clusterCIDR: addresses.allPods,
  hostnameOverride: nodeName,
  // The limits of connection tracking are the host's.
  conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  healthzBindAddress: '127.0.0.1:10256',
  metricsBindAddress: '127.0.0.1:10249',
});

const config = (name: string) => join(inside.run, 'config', name);

/** Writes the configuration files of the node's programs. */
export async function writeNodeConfig(cgroup: string, nodeName: string): Promise<void> {
  await mkdir(config(''), { recursive: true });
  await Promise.all([
    writeFile(config('containerd.toml'), containerdConfig),
    writeFile(config('kubelet.json'), JSON.stringify(kubeletConfig(cgroup), null, 2)),
    writeFile(config('kube-proxy.json'), JSON.stringify(proxyConfig(nodeName), null, 2)),
  ]);
}

export const containerd: Component = {
  name: 'containerd',
  argv: ['containerd', '--config', config('containerd.toml')],
};

export function kubelet(program: string, nodeName: string): Component {
  return {
    name: 'kubelet',
    argv: [
      program,
      `--config=${config('kubelet.json')}`,
      `--kubeconfig=${kubeconfigOf('node')}`,
      `--root-dir=${join(data, 'kubelet')}`,
      `--cert-dir=${join(inside.run, 'kubelet-pki')}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${addresses.node}`,
      `--node-labels=kubernetes.io/hostname=${nodeName}`,
    ],
  };
}

export function kubeProxy(program: string): Component {
  return { name: 'kube-proxy', argv: [program, `--config=${config('kube-proxy.json')}`] };
}
