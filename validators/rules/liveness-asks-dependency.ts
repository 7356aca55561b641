import { resolveHost } from '../graph/resolve.ts';
import { addressesInCommandLine } from '../graph/settings.ts';
import { joinPath } from '../model/workload.ts';
import type { Rule } from './rule.ts';

/** A liveness probe depends on another Service: when that is away, every pod is restarted, which helps nobody. */
export const livenessAsksDependency: Rule = {
  id: 'liveness-asks-dependency',
  severity: 'error',
  family: 'probes',
  title: 'a liveness probe asks a dependency',
  *check({ model }) {
    for (const workload of model.workloads) {
      for (const { name, spec, path } of workload.containers) {
        const probe = spec.livenessProbe;
        const words = probe?.exec?.command ?? [];
        const hosts = [
          ...addressesInCommandLine(words).map(({ host }) => host),
          ...[probe?.httpGet?.host, probe?.tcpSocket?.host].filter(
            (host) => host !== undefined && host !== '',
          ),
        ];
        for (const host of hosts) {
          const resolution = resolveHost(model, workload.namespace, host ?? '');
          if (resolution.to !== 'service' && resolution.to !== 'pod') continue;
          // A server may ask itself by its own Service.
          if (model.behind(resolution.service).includes(workload)) continue;
          yield {
            object: workload.object,
            path: joinPath(path, 'livenessProbe'),
            message: `livenessProbe of container ${name} asks ${host}: when that is away, the kubelet would restart a healthy container`,
          };
        }
      }
    }
  },
};
