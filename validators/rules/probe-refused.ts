import { held, outOfShape, refused } from '../api-server/refused.ts';
import { portName, portNumber } from '../api-server/shapes.ts';
import type { Container } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Problem, Rule } from './rule.ts';

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];
const counts = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
];

interface Handler {
  readonly exec?: { readonly command?: readonly string[] | undefined } | undefined;
  readonly httpGet?: { readonly port?: unknown } | undefined;
  readonly tcpSocket?: { readonly port?: unknown } | undefined;
  readonly grpc?: { readonly port?: unknown } | undefined;
}

/** A probe or a hook asks in exactly one way. */
function* inHandler(object: KubernetesObject, path: string, handler: Handler): Iterable<Problem> {
  const ways = held(handler, handlers);
  if (ways.length === 0)
    yield refused(object, path, `it asks in no way: one of ${handlers.slice(0, 4).join(', ')} is missing`);
  if (ways.length > 1)
    yield refused(
      object,
      `${path}.${ways[1]}`,
      `it asks in ${ways.length} ways, ${ways.join(' and ')}, and may in one`,
    );
  if (handler.exec && (handler.exec.command ?? []).length === 0)
    yield refused(object, `${path}.exec`, 'it runs no command');
  for (const way of ['httpGet', 'tcpSocket', 'grpc'] as const) {
    const port = handler[way]?.port;
    const at = `${path}.${way}.port`;
    if (typeof port === 'number') {
      const wrong = portNumber(port);
      if (wrong !== undefined) yield refused(object, at, `the port ${port} ${wrong}`);
    } else yield* outOfShape(object, at, 'the port', port, portName);
  }
}

type Probe = Handler & Readonly<Record<string, unknown>>;

function* inProbe(
  object: KubernetesObject,
  path: string,
  kind: 'liveness' | 'readiness' | 'startup',
  probe: Probe,
): Iterable<Problem> {
  yield* inHandler(object, path, probe);
  for (const field of counts) {
    const count = probe[field];
    if (typeof count === 'number' && count < 0)
      yield refused(object, `${path}.${field}`, `${field} is below 0`);
  }
  const { successThreshold = 1, terminationGracePeriodSeconds: grace } = probe;
  // Zero stands for the default, which is one.
  if (kind !== 'readiness' && typeof successThreshold === 'number' && successThreshold > 1)
    yield refused(
      object,
      `${path}.successThreshold`,
      `successThreshold of a ${kind} probe is ${successThreshold} and must be 1`,
    );
  if (grace === undefined) return;
  if (kind === 'readiness')
    yield refused(
      object,
      `${path}.terminationGracePeriodSeconds`,
      'a readiness probe ends nothing, so it has no grace period',
    );
  else if (typeof grace === 'number' && grace <= 0)
    yield refused(
      object,
      `${path}.terminationGracePeriodSeconds`,
      `the grace period is ${grace} and must be above 0`,
    );
}

function* inContainer(object: KubernetesObject, { spec, path, role, name }: Container): Iterable<Problem> {
  for (const kind of ['liveness', 'readiness', 'startup'] as const) {
    const field = `${kind}Probe` as const;
    const probe = spec[field];
    if (!probe) continue;
    if (role === 'init')
      yield refused(
        object,
        `${path}.${field}`,
        `initContainer ${name} ends before it could be asked: only one with restartPolicy Always has probes`,
      );
    else yield* inProbe(object, `${path}.${field}`, kind, probe as unknown as Probe);
  }
  if (!spec.lifecycle) return;
  if (role === 'init') {
    yield refused(
      object,
      `${path}.lifecycle`,
      `initContainer ${name} has hooks: only one with restartPolicy Always may`,
    );
    return;
  }
  for (const hook of ['postStart', 'preStop'] as const) {
    const handler = spec.lifecycle[hook];
    if (handler) yield* inHandler(object, `${path}.lifecycle.${hook}`, handler);
  }
}

/** A probe or a hook is put together in a way that the API server does not take. */
export const probeRefused: Rule = {
  id: 'probe-refused',
  severity: 'error',
  family: 'api server',
  title: 'a probe or a hook asks in no way, in several, or with counts that it may not have',
  *check({ model }) {
    for (const { object, containers } of model.workloads) {
      for (const container of containers) yield* inContainer(object, container);
    }
  },
};
