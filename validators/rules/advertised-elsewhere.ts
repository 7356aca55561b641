import { kafkaKey } from '../graph/brokers.ts';
import { isLoopback, kafkaServers, readListeners } from '../graph/kafka.ts';
import { declaredPorts, describePorts, isHeadless, targetPort } from '../graph/ports.ts';
import { resolveHost } from '../graph/resolve.ts';
import { settingsOf } from '../graph/scripts.ts';
import type { Service } from '../model/kubernetes.ts';
import type { Model, Typed } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import type { Rule } from './rule.ts';

/** True for a Service that leads to one pod of a StatefulSet. */
function isOfOnePod({ typed }: Typed<Service>): boolean {
  const keys = Object.keys(typed.spec?.selector ?? {});
  return keys.includes('statefulset.kubernetes.io/pod-name') || keys.includes('apps.kubernetes.io/pod-index');
}

/** A Service of the cluster that leads to the port of a listener. */
function serviceOf(model: Model, workload: Workload, listener: string, announced: number) {
  const server = kafkaServers(model).find((one) => one.workload === workload);
  const bound = server?.listeners?.find(({ name }) => name === listener);
  if (bound !== undefined && isLoopback(bound.host)) return undefined;
  const port = bound?.port ?? announced;
  return model.services.find(
    (service) =>
      service.namespace === workload.namespace &&
      // A port of the nodes is a laptop's own, where they are containers of it.
      (service.typed.spec?.type ?? 'ClusterIP') === 'ClusterIP' &&
      model.behind(service).includes(workload) &&
      (service.typed.spec?.ports ?? []).some((one) => targetPort(one, workload) === port),
  );
}

/** A broker announces an address under which clients would not find it. */
export const advertisedElsewhere: Rule = {
  id: 'advertised-elsewhere',
  severity: 'error',
  family: 'data systems',
  title: 'a broker announces an address that does not lead to it',
  *check({ model }) {
    for (const workload of model.workloads) {
      for (const container of workload.containers.filter(({ role }) => role === 'main')) {
        for (const { key, value, object, path, by } of settingsOf(model, workload, container)) {
          if (!value.includes('://') || kafkaKey(key) !== 'advertised.listeners') continue;
          for (const [, listener = '', host = '', port = ''] of value.matchAll(
            /([A-Za-z][\w-]*):\/\/([a-z0-9.-]+):(\d+)/g,
          )) {
            const resolution = resolveHost(model, workload.namespace, host);
            const told = `${by} announces ${listener} as ${host}:${port}`;
            const wrong = (reason: string) => ({ object, path, message: `${told}, ${reason}` });
            if (isLoopback(host)) {
              const service = serviceOf(model, workload, listener, Number(port));
              if (service === undefined) continue;
              const others = (readListeners(value) ?? []).some((one) => !isLoopback(one.host));
              yield {
                ...wrong(`and Service ${service.name} leads clients there: each would be sent on to itself`),
                // Beside another listener it may be meant for who forwards a port to his own machine.
                ...(others ? { severity: 'warning' as const } : {}),
              };
              continue;
            }
            if (resolution.to === 'nothing') {
              const hint = resolution.meant === undefined ? '' : ` (did you mean "${resolution.meant}"?)`;
              yield wrong(
                `and ${resolution.reason}${hint}: clients would be sent to a name that does not resolve`,
              );
            }
            if (resolution.to !== 'pod' && resolution.to !== 'service') continue;
            const { service } = resolution;
            const has = declaredPorts(workload).some(({ number }) => number === Number(port));
            const direct = resolution.to === 'pod' || isHeadless(service);
            if (!model.behind(service).includes(workload)) {
              yield wrong('which leads to other pods: clients would be sent there');
            } else if (direct && !has && declaredPorts(workload).length > 0) {
              yield wrong(`and its pods have no port ${port}: clients would be refused`);
            } else if (
              !direct &&
              !(service.typed.spec?.ports ?? []).some((one) => one.port === Number(port))
            ) {
              yield wrong(
                `and Service ${service.name} has ${describePorts(service)}: clients would not get through`,
              );
            } else if (resolution.to === 'service' && workload.replicas.max > 1 && !isOfOnePod(service)) {
              yield wrong(
                `which leads to any of ${workload.replicas.max} brokers: a client that wants the leader of a partition would reach another one`,
              );
            }
          }
        }
      }
    }
  },
};
