import type { Rule } from './rule.ts';

/** A pod that others are meant to reach has no Service: its ports are served to nobody by a name. */
export const portServedToNobody: Rule = {
  id: 'port-served-to-nobody',
  severity: 'warning',
  family: 'services',
  title: 'a workload declares a port that no Service, probe or monitor uses',
  *check({ model }) {
    for (const workload of model.workloads) {
      if (!workload.serves || workload.kind === 'DaemonSet') continue;
      const services = model.services.filter((service) => model.behind(service).includes(workload));
      if (services.length > 0) continue;
      for (const { spec, path } of workload.containers) {
        for (const [index, { name, containerPort }] of (spec.ports ?? []).entries()) {
          const probed = JSON.stringify([spec.livenessProbe, spec.readinessProbe, spec.startupProbe]);
          const monitored = /metrics|prom/i.test(name ?? '');
          if (monitored || (probed.includes(`"port":"${name}"`) && /metrics|health|admin/i.test(name ?? '')))
            continue;
          yield {
            object: workload.object,
            path: `${path}.ports[${index}]`,
            message: `it listens on ${name ?? containerPort}, and no Service leads there: nobody can reach it by a name`,
          };
        }
      }
    }
  },
};
