import { addressesInCommandLine } from '../graph/addresses-in-commands.ts';
import { environmentOf, expand } from '../graph/container-environment.ts';
import { isIpAddress } from '../graph/host-names.ts';
import { resolveHost } from '../graph/resolve.ts';
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
      for (const container of workload.containers) {
        const { name, spec, path } = container;
        const probe = spec.livenessProbe;
        if (probe === undefined) continue;
        const environment = environmentOf(model, workload, container);
        const words = (probe.exec?.command ?? []).map((word) => expand(word, environment));
        const hosts = [
          ...addressesInCommandLine(words)
            .filter(({ certainty }) => certainty === 'told')
            .map(({ host }) => host),
          ...[probe?.httpGet?.host, probe?.tcpSocket?.host].filter(
            (host) => host !== undefined && host !== '',
          ),
        ];
        for (const host of hosts) {
          const resolution = resolveHost(model, workload.namespace, host ?? '');
          if (resolution.to === 'itself' || resolution.to === 'nothing') continue;
          // A pod's own address, and a Service that leads to the workload itself, are no dependency.
          if (resolution.to === 'outside' && isIpAddress(host ?? '')) continue;
          if ('service' in resolution && model.behind(resolution.service).includes(workload)) continue;
          const field = probe.exec ? 'exec.command' : probe.httpGet ? 'httpGet.host' : 'tcpSocket.host';
          yield {
            object: workload.object,
            path: joinPath(path, `livenessProbe.${field}`),
            message: `livenessProbe of container ${name} asks ${host}: when that is away, the kubelet would restart a healthy container`,
          };
        }
      }
    }
  },
};
