import { declaredPorts } from '../graph/ports.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** A Service leads to a port that its pods do not have: by name, by number, or by protocol. */
export const servicePortUnknown: Rule = {
  id: 'service-port-unknown',
  severity: 'error',
  family: 'services',
  title: 'a Service leads to a port that its pods do not have',
  *check({ model }) {
    for (const service of model.services) {
      const spec = service.typed.spec ?? {};
      if (spec.type === 'ExternalName') continue;
      for (const [index, port] of (spec.ports ?? []).entries()) {
        const target = port.targetPort ?? port.port;
        const protocol = port.protocol ?? 'TCP';
        for (const workload of model.behind(service)) {
          if (!workload.serves) continue;
          const declared = declaredPorts(workload);
          // Pods that declare no port at all say nothing about what they listen on.
          if (declared.length === 0 && typeof target === 'number') continue;
          const byName = typeof target === 'string' && !/^\d+$/.test(target);
          const same = declared.filter((one) =>
            byName ? one.name === target : one.number === Number(target),
          );
          if (same.some((one) => one.protocol === protocol)) continue;
          const ports = declared.map((one) =>
            one.name === undefined ? String(one.number) : `${one.name} ${one.number}`,
          );
          const hint = byName
            ? didYouMean(
                String(target),
                declared.flatMap(({ name }) => name ?? []),
              )
            : '';
          const why =
            same.length > 0
              ? `its pods have that port for ${same[0]?.protocol}, not ${protocol}`
              : `the pods of ${workload.kind} ${workload.name} have ${ports.join(', ') || 'no port of a name'}${hint}`;
          yield {
            object: service.object,
            path: `spec.ports[${index}].${same.length > 0 ? 'protocol' : port.targetPort === undefined ? 'port' : 'targetPort'}`,
            message: `port ${port.name ?? port.port} leads to ${target}, and ${why}: connections would be refused`,
          };
        }
      }
    }
  },
};
