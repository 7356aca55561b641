import { isToldToListen } from '../graph/listening.ts';
import { declaredPorts } from '../graph/ports.ts';
import type { Service, ServicePort } from '../model/kubernetes.ts';
import type { Model, Typed } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import { didYouMean } from '../text/nearest.ts';
import { isInUse } from './port-in-use.ts';
import type { Problem, Rule } from './rule.ts';

/** The problem of a port that leads to a name. */
function* byName(service: Typed<Service>, port: ServicePort, index: number, behind: readonly Workload[]) {
  const target = String(port.targetPort);
  const protocol = port.protocol ?? 'TCP';
  const declared = behind.flatMap(declaredPorts);
  const named = declared.filter(({ name }) => name === target);
  // A pod without the name is left out of the endpoints of this port; others may have it.
  if (named.some((one) => one.protocol === protocol)) return;
  const pods = behind.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  const names = declared.flatMap(({ name }) => name ?? []);
  yield {
    object: service.object,
    path: `spec.ports[${index}].${named.length > 0 && port.protocol !== undefined ? 'protocol' : 'targetPort'}`,
    message:
      named.length > 0
        ? `port ${port.name ?? port.port} leads to ${target} by ${protocol}, which the pods of ${pods} have for ${named[0]?.protocol}: it would have no endpoints`
        : `port ${port.name ?? port.port} leads to ${target}, and the pods of ${pods} have ${describe(declared)}${didYouMean(target, names)}: it would have no endpoints`,
  };
}

/** The problems of a port that leads to a number. */
function* byNumber(
  model: Model,
  service: Typed<Service>,
  port: ServicePort,
  index: number,
  behind: readonly Workload[],
): Iterable<Problem> {
  const target = Number(port.targetPort ?? port.port);
  const protocol = port.protocol ?? 'TCP';
  const field = port.targetPort === undefined ? 'port' : 'targetPort';
  for (const workload of behind) {
    const declared = declaredPorts(workload);
    const same = declared.filter(({ number }) => number === target);
    // Pods that declare no port at all say nothing about what they listen on.
    if (declared.length === 0 || same.some((one) => one.protocol === protocol)) continue;
    if (same.length > 0) {
      // A server of both protocols often declares one.
      const both = (service.typed.spec?.ports ?? []).some(
        (other) =>
          other !== port &&
          Number(other.targetPort ?? other.port) === target &&
          same.some((one) => one.protocol === (other.protocol ?? 'TCP')),
      );
      if (both) continue;
      yield {
        object: service.object,
        path: `spec.ports[${index}].${port.protocol === undefined ? field : 'protocol'}`,
        message:
          `port ${port.name ?? port.port} leads to ${target} by ${protocol}, which the pods of ${workload.kind} ` +
          `${workload.name} have for ${same[0]?.protocol}: nothing would answer`,
      };
      continue;
    }
    if (isToldToListen(model, workload, target)) continue;
    yield {
      object: service.object,
      path: `spec.ports[${index}].${field}`,
      message:
        `port ${port.name ?? port.port} leads to ${target}, and the pods of ${workload.kind} ${workload.name} have ` +
        `${describe(declared)}: connections would be refused`,
    };
  }
}

function describe(declared: ReturnType<typeof declaredPorts>): string {
  const ports = declared.map(({ name, number }) =>
    name === undefined ? String(number) : `${name} ${number}`,
  );
  return [...new Set(ports)].join(', ') || 'no port with a name';
}

/** A port of a headless Service that nobody here goes by: some charts have one because a Service had to have a port. */
function unused(problem: Problem): Problem {
  const message = problem.message.replace(
    /: (?:it would have no endpoints|connections would be refused|nothing would answer)$/,
    ': the Service is headless and nothing here goes by this port, so only a look-up of SRV records would find it',
  );
  return { ...problem, message, severity: 'warning' };
}

/** A Service leads to a port that its pods do not have: by name, by number, or by protocol. */
export const servicePortUnknown: Rule = {
  id: 'service-port-unknown',
  severity: 'error',
  family: 'services',
  title: 'a Service leads to a port that its pods do not have',
  *check({ model, flows }): Iterable<Problem> {
    for (const service of model.services) {
      const { type, ports } = service.typed.spec ?? {};
      if (type === 'ExternalName') continue;
      const behind = model.behind(service).filter(({ serves }) => serves);
      for (const [index, port] of (ports ?? []).entries()) {
        if (typeof port.targetPort === 'string' && /^\d+$/.test(port.targetPort)) {
          yield {
            object: service.object,
            path: `spec.ports[${index}].targetPort`,
            message: `targetPort "${port.targetPort}" is text, and a port's name has a letter: the API server would refuse it; write the number without quotes`,
          };
          continue;
        }
        if (behind.length === 0) continue;
        const problems =
          typeof port.targetPort === 'string'
            ? byName(service, port, index, behind)
            : byNumber(model, service, port, index, behind);
        for (const problem of problems)
          yield isInUse(model, flows, service, port) ? problem : unused(problem);
      }
    }
  },
};
