import { declaredPorts } from '../graph/ports.ts';
import { joinPath } from '../model/workload.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const;

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
        for (const probe of probes) {
          const spec = container.spec[probe];
          for (const kind of ['httpGet', 'tcpSocket', 'grpc'] as const) {
            const port = spec?.[kind]?.port;
            if (port === undefined) continue;
            const byName = typeof port === 'string' && !/^\d+$/.test(port);
            if (!byName && own.length === 0) continue;
            if (own.some((declared) => (byName ? declared.name === port : declared.number === Number(port))))
              continue;
            const known = own.map((declared) => (byName ? (declared.name ?? '') : String(declared.number)));
            const effect =
              probe === 'readinessProbe'
                ? 'the pod would never be ready'
                : 'the kubelet would restart it again and again';
            yield {
              object: workload.object,
              path: joinPath(container.path, `${probe}.${kind}.port`),
              message: `${probe} of container ${container.name} asks port ${port}, and it has ${known.join(', ') || 'none'}${didYouMean(String(port), known)}: ${effect}`,
            };
          }
        }
      }
    }
  },
};
