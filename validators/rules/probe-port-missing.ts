import { isSetToListen } from '../graph/listening.ts';
import { declaredPorts } from '../graph/ports.ts';
import type { Container } from '../model/workload.ts';
import { joinPath } from '../model/workload.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** What asks a port of a container: probes, and hooks. */
const askers = [
  'startupProbe',
  'livenessProbe',
  'readinessProbe',
  'lifecycle.postStart',
  'lifecycle.preStop',
] as const;
type Asker = (typeof askers)[number];

interface Asked {
  readonly asker: Asker;
  readonly path: string;
  readonly port: string | number;
  readonly byName: boolean;
}

function askedOf({ spec }: Container): Asked[] {
  return askers.flatMap((asker) => {
    const action =
      asker === 'lifecycle.postStart'
        ? spec.lifecycle?.postStart
        : asker === 'lifecycle.preStop'
          ? spec.lifecycle?.preStop
          : spec[asker];
    const found: Asked[] = [];
    const { httpGet, tcpSocket } = action ?? {};
    const grpc = action !== undefined && 'grpc' in action ? action.grpc : undefined;
    for (const [kind, port] of [
      ['httpGet', httpGet?.port],
      ['tcpSocket', tcpSocket?.port],
      ['grpc', grpc?.port],
    ] as const) {
      if (port === undefined) continue;
      const byName = typeof port === 'string' && !/^\d+$/.test(port);
      found.push({ asker, path: `${asker}.${kind}.port`, port, byName });
    }
    // A probe of another host is of no port of the container.
    return httpGet?.host || (tcpSocket as { host?: string } | undefined)?.host ? [] : found;
  });
}

/**
 * What the kubelet does: a name that it cannot resolve is no failure of the probe, it throws the result away; a port that
 * nobody listens on is one.
 * Source: k8s.io/kubernetes, `pkg/kubelet/prober/{prober,worker}.go`.
 */
function effectOf(asker: Asker, byName: boolean): string {
  switch (asker) {
    case 'readinessProbe':
      return 'the pod would never be ready';
    case 'startupProbe':
      return byName
        ? 'the container would never count as started'
        : 'the kubelet would restart it again and again';
    case 'livenessProbe':
      return byName
        ? 'the kubelet could not ask it, and a process that hangs would never be restarted'
        : 'the kubelet would restart it again and again';
    case 'lifecycle.postStart':
      return 'the kubelet would kill the container each time that it starts';
    case 'lifecycle.preStop':
      return 'the hook would fail, and the container be stopped at once';
  }
}

/** A probe, or a lifecycle hook, asks a port that its container does not have. */
export const probePortMissing: Rule = {
  id: 'probe-port-missing',
  severity: 'error',
  family: 'probes',
  title: 'a probe asks a port that its container does not have',
  *check({ model }) {
    for (const workload of model.workloads) {
      for (const container of workload.containers) {
        const own = declaredPorts(workload).filter((declared) => declared.container === container);
        const has = ({ port, byName }: Asked) =>
          own.some((declared) => (byName ? declared.name === port : declared.number === Number(port)));
        const asked = askedOf(container);
        for (const one of asked) {
          const { asker, path, port, byName } = one;
          if (has(one)) continue;
          // A container need not declare what it listens on: a number is doubtful only beside other declared ones.
          if (!byName && (own.length === 0 || isSetToListen(model, workload, Number(port)))) continue;
          const known = own.map((declared) => (byName ? (declared.name ?? '') : String(declared.number)));
          const names = known.filter((name) => name !== '').join(', ');
          const sure = byName || asked.some((other) => other !== one && has(other));
          yield {
            object: workload.object,
            path: joinPath(container.path, path),
            message:
              `${asker} of container ${container.name} asks port ${port}, and it has ${names || 'none'}${byName && names === '' && own.length > 0 ? ' with a name' : ''}` +
              `${didYouMean(String(port), known)}: ${sure ? '' : 'unless it listens there without saying so, '}${effectOf(asker, byName)}`,
            ...(sure ? {} : { severity: 'warning' as const }),
          };
        }
      }
    }
  },
};
