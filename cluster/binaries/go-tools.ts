import type { SourceChange } from './changed-source.ts';

/** A folder of tools/cluster: one Go module, since together they would choose each other's dependencies. */
export interface GoTool {
  /** The folder's name. */
  readonly name: string;
  /** The Go module whose version is the tool's own. */
  readonly module: string;
  /** The commands that it builds, by name, with the package of each. */
  readonly commands: Readonly<Record<string, string>>;
  /** Variables that the linker sets, for a version such as `v1.35.4`. */
  readonly variables?: (version: string) => Readonly<Record<string, string>>;
  /** What of its module is built otherwise than it is written. */
  readonly change?: SourceChange;
}

const kubernetes: GoTool = {
  name: 'kubernetes',
  module: 'k8s.io/kubernetes',
  commands: Object.fromEntries(
    ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy', 'kubectl'].map(
      (name) => [name, `k8s.io/kubernetes/cmd/${name}`],
    ),
  ),
  // Without them every command says v0.0.0, and kubectl refuses to compare itself with its server.
  variables: (version) => {
    const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
    return Object.fromEntries(
      ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((name) => [
        [`${name}.gitVersion`, version],
        [`${name}.gitMajor`, major],
        [`${name}.gitMinor`, minor],
        [`${name}.gitTreeState`, 'clean'],
      ]),
    );
  },
};

/** Everything that stands in tools/cluster, by the folder's name. */
export const goTools = {
  kubernetes,
  // The line that this Kubernetes is tested with; Debian's 3.4 lacks what clients of today watch by.
  etcd: {
    name: 'etcd',
    module: 'go.etcd.io/etcd/server/v3',
    commands: { etcd: 'go.etcd.io/etcd/server/v3' },
  },
  coredns: { name: 'coredns', module: 'github.com/coredns/coredns', commands: { coredns: '.' } },
  'local-path-provisioner': {
    name: 'local-path-provisioner',
    module: 'github.com/rancher/local-path-provisioner',
    commands: { 'local-path-provisioner': 'github.com/rancher/local-path-provisioner' },
  },
  kwok: {
    name: 'kwok',
    module: 'sigs.k8s.io/kwok',
    commands: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
    variables: (version) => ({ 'sigs.k8s.io/kwok/pkg/consts.Version': version }),
  },
  'metrics-server': {
    name: 'metrics-server',
    module: 'sigs.k8s.io/metrics-server',
    commands: { 'metrics-server': 'sigs.k8s.io/metrics-server/cmd/metrics-server' },
    // The one thing of Kubernetes 1.36 that it names, for the description of a list's metadata: with the name alone it
    // builds with 1.35, of which everything is compiled already.
    change: {
      file: 'pkg/api/generated/openapi/zz_generated.openapi.go',
      from: 'v1.ShardInfo{}.OpenAPIModelName()',
      to: '"io.k8s.apimachinery.pkg.apis.meta.v1.ShardInfo"',
    },
  },
  cyclonus: {
    name: 'cyclonus',
    module: 'github.com/mattfenwick/cyclonus',
    commands: { cyclonus: 'github.com/mattfenwick/cyclonus/cmd/cyclonus' },
  },
  'argo-cd': { name: 'argo-cd', module: 'github.com/argoproj/argo-cd/v3', commands: { 'argo-cd': '.' } },
} as const satisfies Record<string, GoTool>;

export type GoToolName = keyof typeof goTools;
