import type { Model } from '../model/model.ts';
import { type Container, joinPath, type Workload } from '../model/workload.ts';
import { didYouMean } from '../text/nearest.ts';
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
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);
const seLinuxTypes = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
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

/** The fields that a pod's and a container's security context have in common. */
interface Confinement {
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly appArmorProfile?: { readonly type?: string };
  readonly windowsOptions?: { readonly hostProcess?: boolean };
}

function* confinement(
  context: Confinement | undefined,
  whose: string,
  at: (field: string) => string,
): Iterable<Violation> {
  const { type = '', user = '', role = '' } = context?.seLinuxOptions ?? {};
  if (!seLinuxTypes.has(type) || user !== '' || role !== '')
    yield { path: at('seLinuxOptions'), what: `${whose} chooses SELinux options of its own` };
  if (context?.appArmorProfile?.type === 'Unconfined')
    yield { path: at('appArmorProfile.type'), what: `${whose} has no AppArmor profile` };
  if (context?.windowsOptions?.hostProcess === true)
    yield { path: at('windowsOptions.hostProcess'), what: `${whose} is a process of the node` };
}

function* baseline({ pod, templatePath, containers }: Workload): Iterable<Violation> {
  const at = (path: string) => joinPath(templatePath, `spec.${path}`);
  yield* confinement(pod.securityContext, 'the pod', (field) => at(`securityContext.${field}`));
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC'] as const) {
    if (pod[field] === true) yield { path: at(field), what: `${field} is true` };
  }
  for (const [index, volume] of (pod.volumes ?? []).entries()) {
    if (volume.hostPath)
      yield { path: at(`volumes[${index}].hostPath`), what: `volume ${volume.name} is a path of the node` };
  }
  for (const [index, { name }] of (pod.securityContext?.sysctls ?? []).entries()) {
    if (!safeSysctls.has(name))
      yield {
        path: at(`securityContext.sysctls[${index}].name`),
        what: `sysctl ${name} is not among the safe ones`,
      };
  }
  if (pod.securityContext?.seccompProfile?.type === 'Unconfined') {
    yield { path: at('securityContext.seccompProfile.type'), what: 'seccomp is Unconfined' };
  }
  for (const { name, spec, path } of containers) {
    const context = spec.securityContext;
    const inContext = (field: string) => joinPath(path, `securityContext.${field}`);
    yield* confinement(context, `container ${name}`, inContext);
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
  for (const container of containers) yield* restrictedContainer(pod, container, at);
}

function* restrictedContainer(
  { securityContext: pod, os }: Workload['pod'],
  { name, spec, path }: Container,
  at: (path: string) => string,
): Iterable<Violation> {
  const context = spec.securityContext;
  // A finding stands where the field is, or where it would have to be added.
  const inContext = (field: string) => joinPath(path, `securityContext.${field}`);
  const inContainer = context === undefined ? path : joinPath(path, 'securityContext');
  const inPod = pod === undefined ? inContainer : at('securityContext');
  const root = context?.runAsNonRoot ?? pod?.runAsNonRoot;
  if (root !== true) {
    const place =
      context?.runAsNonRoot === false
        ? inContext('runAsNonRoot')
        : pod?.runAsNonRoot === false
          ? at('securityContext.runAsNonRoot')
          : inPod;
    yield { path: place, what: `container ${name} does not set runAsNonRoot to true` };
  }
  if ((context?.runAsUser ?? pod?.runAsUser) === 0) {
    yield {
      path: context?.runAsUser === 0 ? inContext('runAsUser') : at('securityContext.runAsUser'),
      what: `container ${name} runs as root`,
    };
  }
  if (os?.name === 'windows') return;
  if (context?.allowPrivilegeEscalation !== false) {
    yield {
      path:
        context?.allowPrivilegeEscalation === undefined ? inContainer : inContext('allowPrivilegeEscalation'),
      what: `container ${name} does not set allowPrivilegeEscalation to false`,
    };
  }
  const seccomp = context?.seccompProfile?.type ?? pod?.seccompProfile?.type;
  if (seccomp === undefined)
    yield { path: inPod, what: `container ${name} has no seccomp profile (RuntimeDefault or Localhost)` };
  if (!(context?.capabilities?.drop ?? []).includes('ALL')) {
    yield {
      path: context?.capabilities?.drop === undefined ? inContainer : inContext('capabilities.drop'),
      what: `container ${name} does not drop ALL capabilities`,
    };
  }
  for (const capability of context?.capabilities?.add ?? []) {
    // What baseline refuses is found there.
    if (capability !== 'NET_BIND_SERVICE' && baselineCapabilities.has(capability))
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

const levels = ['privileged', 'baseline', 'restricted'];

/** Namespaces whose level, or its version, is none that there is. */
function* unknownLevels(model: Model): Iterable<Problem> {
  for (const object of model.all('', 'Namespace')) {
    for (const mode of ['enforce', 'audit', 'warn']) {
      const label = `pod-security.kubernetes.io/${mode}`;
      const level = object.metadata.labels?.[label];
      if (level === undefined || levels.includes(level)) continue;
      yield {
        object,
        path: `metadata.labels["${label}"]`,
        message: `there is no Pod Security level ${level}${didYouMean(level, levels)}: the API server would refuse the namespace`,
      };
    }
    for (const mode of ['enforce', 'audit', 'warn']) {
      const label = `pod-security.kubernetes.io/${mode}-version`;
      const version = object.metadata.labels?.[label];
      if (version === undefined || /^(?:latest|v1\.(?:0|[1-9]\d*))$/.test(version)) continue;
      const meant = /(\d+)\.(\d+)/.exec(version);
      yield {
        object,
        path: `metadata.labels["${label}"]`,
        message:
          `${version} is no version of the Pod Security levels${meant === null ? '' : ` (did you mean "v${meant[0]}"?)`}: ` +
          'they are written v1.35, or latest, and the API server would refuse the namespace',
      };
    }
  }
}

/** A pod breaks the Pod Security level that its namespace enforces. */
export const podSecurity: Rule = {
  id: 'pod-security',
  severity: 'error',
  family: 'security',
  title: 'a pod breaks the Pod Security level of its namespace',
  *check({ model }): Iterable<Problem> {
    yield* unknownLevels(model);
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
