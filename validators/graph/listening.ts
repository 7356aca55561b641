import type { Model } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import { environmentOf } from './container-environment.ts';
import { mountedFiles } from './mounted-files.ts';

/** True when a workload's own settings have a port as one of theirs, or a probe asks it: see `isSetToListen`. */
export function isToldToListen(model: Model, workload: Workload, port: number): boolean {
  const probed = workload.containers.some(({ role, spec: { livenessProbe, readinessProbe, startupProbe } }) =>
    [livenessProbe, readinessProbe, startupProbe].some(
      (probe) =>
        role !== 'init' &&
        Number(probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port) === port,
    ),
  );
  return probed || isSetToListen(model, workload, port);
}

/**
 * True when a workload's own settings have a port as one of theirs: `--port=8443`, `0.0.0.0:8443`, `port: 8443`, but not
 * `other:8443`, which is somebody else's. What a container declares is for information, so this says more than the
 * lack of a declaration.
 */
export function isSetToListen(model: Model, workload: Workload, port: number): boolean {
  if (isTwin(workload, port)) return true;
  const own = new RegExp(`(?<![\\d.])(?<!\\b[a-zA-Z][\\w.-]*:)${port}(?![\\d.])`);
  return workload.containers.some((container) => {
    if (container.role === 'init') return false;
    const { command = [], args = [] } = container.spec;
    const values = [...environmentOf(model, workload, container).values()].map(({ value }) => value ?? '');
    const files = mountedFiles(model, workload, container).map(
      ({ kind, name, key }) => model.configuration(kind, workload.namespace, name)?.values.get(key) ?? '',
    );
    return [...command, ...args, ...values, ...files].some((text) => own.test(text));
  });
}

/**
 * True for a port that SeaweedFS opens beside each that it has: gRPC at the same number plus 10000.
 * Source: github.com/seaweedfs/seaweedfs, `weed/command/server.go`.
 */
function isTwin({ containers }: Workload, port: number): boolean {
  return containers.some(
    ({ role, spec }) =>
      role !== 'init' &&
      /(?:^|\/)seaweedfs(?::|@|$)/.test(spec.image ?? '') &&
      (spec.ports ?? []).some(({ containerPort }) => containerPort + 10_000 === port),
  );
}
