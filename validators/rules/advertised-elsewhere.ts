import { optionsOf } from '../graph/options.ts';
import { declaredPorts } from '../graph/ports.ts';
import { resolveHost } from '../graph/resolve.ts';
import type { Rule } from './rule.ts';

/** A broker announces an address under which clients would not find it. */
export const advertisedElsewhere: Rule = {
  id: 'advertised-elsewhere',
  severity: 'error',
  family: 'data systems',
  title: 'a broker announces an address that does not lead to it',
  *check({ model }) {
    for (const workload of model.workloads) {
      for (const container of workload.containers.filter(({ role }) => role === 'main')) {
        for (const { key, value, object, path, by } of optionsOf(model, workload, container)) {
          if (!/advertised[._]listeners$/i.test(key)) continue;
          for (const [, listener = '', host = '', port = ''] of value.matchAll(
            /([A-Z_]+):\/\/([a-z0-9.-]+):(\d+)/g,
          )) {
            const resolution = resolveHost(model, workload.namespace, host);
            const told = `${by} announces ${listener} as ${host}:${port}`;
            if (resolution.to === 'nothing') {
              yield {
                object,
                path,
                message: `${told}, and ${resolution.reason}: clients would be sent to a name that does not resolve`,
              };
            } else if (resolution.to === 'pod' || resolution.to === 'service') {
              if (!model.behind(resolution.service).includes(workload)) {
                yield {
                  object,
                  path,
                  message: `${told}, which leads to other pods: clients would be sent there`,
                };
              } else if (
                resolution.to === 'pod' &&
                !declaredPorts(workload).some(({ number }) => number === Number(port))
              ) {
                yield {
                  object,
                  path,
                  message: `${told}, and its pods have no port ${port}: clients would be refused`,
                };
              }
            }
          }
        }
      }
    }
  },
};
