import type { Model } from '../model/model.ts';
import { type Container, joinPath, type Workload } from '../model/workload.ts';
import type { Problem, Rule } from './rule.ts';

type Level = 'privileged' | 'baseline' | 'restricted';

/** What a check of the Pod Security Standards found. */
interface Violation {
  readonly path: string;
  readonly what: string;
}

const baselineCapabilities = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
);
const safeSysctls = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
]);
const restrictedVolumes = new Set(
  'configMap csi downwardAPI emptyDir ephemeral persistentVolumeClaim projected secret image'.split(' '),
);

/**
 * What keeps a pod from a level of the Pod Security Standards.
 * Source: kubernetes.io/docs/concepts/security/pod-security-standards.
 */
export function violations(workload: Workload, level: Level): Violation[] {
  if (level === 'privileged') return [];
  const found = [...baseline(workload)];
  if (level === 'restricted') found.push(...restricted(workload));
  return found;
}

function* baseline({ pod, templatePath, containers }: Workload): Iterable<Violation> {
  const at = (path: string) => joinPath(templatePath, `spec.${path}`);
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC'] as const) {
    if (pod[field] === true) yield { path: at(field), what: `${field} is true` };
  }
  for (const [index, volume] of (pod.volumes ?? []).entries()) {
    if (volume.hostPath)
      yield { path: at(`volumes[${index}].hostPath`), what: `volume ${volume.name} is a path of the node` };
  }
  for (const { name } of pod.securityContext?.sysctls ?? []) {
    if (!safeSysctls.has(name))
      yield { path: at('securityContext.sysctls'), what: `sysctl ${name} is not among the safe ones` };
  }
  if (pod.securityContext?.seccompProfile?.type === 'Unconfined') {
    yield { path: at('securityContext.seccompProfile.type'), what: 'seccomp is Unconfined' };
  }
  for (const { name, spec, path } of containers) {
    const context = spec.securityContext;
    const inContext = (field: string) => joinPath(path, `securityContext.${field}`);
    if (context?.privileged === true)
      yield { path: inContext('privileged'), what: `container ${name} is privileged` };
    for (const capability of context?.capabilities?.add ?? []) {
      if (!baselineCapabilities.has(capability))
        yield { path: inContext('capabilities.add'), what: `container ${name} adds ${capability}` };
    }
    if (context?.seccompProfile?.type === 'Unconfined')
      yield { path: inContext('seccompProfile.type'), what: `container ${name} has no seccomp profile` };
    if (context?.procMount !== undefined && context.procMount !== 'Default')
      yield { path: inContext('procMount'), what: `container ${name} unmasks /proc` };
    for (const [index, { hostPort }] of (spec.ports ?? []).entries()) {
      if (hostPort !== undefined && hostPort !== 0)
        yield {
          path: joinPath(path, `ports[${index}].hostPort`),
          what: `container ${name} takes port ${hostPort} of the node`,
        };
    }
  }
}

function* restricted({ pod, templatePath, containers }: Workload): Iterable<Violation> {
  const at = (path: string) => joinPath(templatePath, `spec.${path}`);
  for (const [index, volume] of (pod.volumes ?? []).entries()) {
    const type = Object.keys(volume).find((key) => key !== 'name');
    if (type !== undefined && type !== 'hostPath' && !restrictedVolumes.has(type)) {
      yield { path: at(`volumes[${index}]`), what: `volume ${volume.name} is a ${type}` };
    }
  }
  for (const container of containers) yield* restrictedContainer(pod.securityContext, container, at);
}

function* restrictedContainer(
  pod: Workload['pod']['securityContext'],
  { name, spec, path }: Container,
  at: (path: string) => string,
): Iterable<Violation> {
  const context = spec.securityContext;
  const inContext = (field: string) => joinPath(path, `securityContext.${field}`);
  if (context?.allowPrivilegeEscalation !== false) {
    yield {
      path: inContext('allowPrivilegeEscalation'),
      what: `container ${name} does not set allowPrivilegeEscalation to false`,
    };
  }
  if (context?.runAsNonRoot !== true && (context?.runAsNonRoot === false || pod?.runAsNonRoot !== true)) {
    yield {
      path: context?.runAsNonRoot === false ? inContext('runAsNonRoot') : at('securityContext.runAsNonRoot'),
      what: `container ${name} does not set runAsNonRoot to true`,
    };
  }
  const user = context?.runAsUser ?? pod?.runAsUser;
  if (user === 0)
    yield {
      path: context?.runAsUser === 0 ? inContext('runAsUser') : at('securityContext.runAsUser'),
      what: `container ${name} runs as root`,
    };
  const seccomp = context?.seccompProfile?.type ?? pod?.seccompProfile?.type;
  if (seccomp !== 'RuntimeDefault' && seccomp !== 'Localhost') {
    yield {
      path: at('securityContext.seccompProfile'),
      what: `container ${name} has no seccomp profile (RuntimeDefault or Localhost)`,
    };
  }
  if (!(context?.capabilities?.drop ?? []).includes('ALL')) {
    yield { path: inContext('capabilities.drop'), what: `container ${name} does not drop all capabilities` };
  }
  for (const capability of context?.capabilities?.add ?? []) {
    if (capability !== 'NET_BIND_SERVICE')
      yield { path: inContext('capabilities.add'), what: `container ${name} adds ${capability}` };
  }
}

/** The level that a namespace enforces, by its label; none is privileged. */
export function enforcedLevel(model: Model, namespace: string): Level {
  const label = model.find('', 'Namespace', 'default', namespace)?.metadata.labels?.[
    'pod-security.kubernetes.io/enforce'
  ];
  return label === 'baseline' || label === 'restricted' ? label : 'privileged';
}

/** A pod breaks the Pod Security level that its namespace enforces. */
export const podSecurity: Rule = {
  id: 'pod-security',
  severity: 'error',
  family: 'security',
  title: 'a pod breaks the Pod Security level of its namespace',
  *check({ model }): Iterable<Problem> {
    for (const workload of model.workloads) {
      const level = enforcedLevel(model, workload.namespace);
      for (const { path, what } of violations(workload, level)) {
        yield {
          object: workload.object,
          path,
          message: `${what}, and namespace ${workload.namespace} enforces ${level}: admission would refuse its pods`,
        };
      }
    }
  },
};
