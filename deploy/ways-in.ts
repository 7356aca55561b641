import { type KubernetesObject, table } from '@plumbline/validators';
import type { Address } from './addresses.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Choice } from './systems.ts';

/** How each address of the chosen systems is reached, for a person to read after a deploy. */
export function waysIn(cluster: Cluster, choice: Choice, addresses: readonly Address[]): string {
  const { environment, systems } = choice;
  const lines: string[][] = [];
  let needsForward = false;
  for (const { name, objects } of systems) {
    for (const row of addresses.filter(({ system }) => system === name)) {
      const service = findService(objects, row.service);
      if (service === undefined) continue;
      const at = reached(cluster, row, isNodePort(service));
      if (at === undefined && row.forward === undefined) continue;
      needsForward ||= at === undefined;
      const address = `${isWeb(service, row.port) ? 'http://' : ''}${at ?? `localhost:${row.forward}`}`;
      lines.push([name, row.service, at === undefined ? `${address} (forwarded)` : address, row.about]);
    }
    for (const { host, path, tls } of ingresses(objects)) {
      const row = addresses.find(({ system, port }) => system === undefined && port === (tls ? 443 : 80));
      const port = row === undefined ? undefined : ingressPort(cluster, row);
      lines.push([
        name,
        'ingress',
        `http${tls ? 's' : ''}://${host}${port === undefined ? '' : `:${port}`}${path}`,
        'by its host name',
      ]);
    }
  }
  if (lines.length === 0) return '';
  const words = [environment.name, ...(choice.whole ? [] : systems.map(({ name }) => name))].join(' ');
  const hint = needsForward
    ? `\nForwarded addresses answer while this runs: npm run forward -- ${words}\n`
    : '';
  return `${table(lines).join('\n')}\n${hint}`;
}

export function findService(
  objects: readonly KubernetesObject[],
  name: string,
): KubernetesObject | undefined {
  return objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === name);
}

/** Where a NodePort answers without a forward; undefined when it does not. */
export function reached({ host, context }: Cluster, row: Address, nodePort: boolean): string | undefined {
  if (!nodePort || row.nodePort === undefined) return undefined;
  if (host.kind === 'kind') return `localhost:${row.host}`;
  if (host.kind === 'minikube') return `$(minikube --profile ${host.profile} ip):${row.nodePort}`;
  return context === 'docker-desktop' ? `localhost:${row.nodePort}` : undefined;
}

export function isNodePort({ spec }: KubernetesObject): boolean {
  return (spec as { type?: string } | undefined)?.type === 'NodePort';
}

function isWeb({ spec }: KubernetesObject, port: number): boolean {
  const ports = (spec as { ports?: { port: number; name?: string }[] } | undefined)?.ports ?? [];
  return /^(http|web|ui)/.test(ports.find((each) => each.port === port)?.name ?? '');
}

function ingressPort({ host, context }: Cluster, row: Address): number | undefined {
  if (host.kind === 'kind') return row.host;
  return context === 'docker-desktop' ? row.nodePort : undefined;
}

interface Route {
  readonly host: string;
  readonly path: string;
  readonly tls: boolean;
}

function ingresses(objects: readonly KubernetesObject[]): Route[] {
  return objects.flatMap((object) => {
    if (object.kind !== 'Ingress') return [];
    const { rules = [], tls = [] } = object.spec as {
      tls?: { hosts?: string[] }[];
      rules?: { host?: string; http?: { paths?: { path?: string }[] } }[];
    };
    return rules.flatMap(({ host = '*', http }) =>
      (http?.paths ?? []).map(({ path = '/' }) => ({
        host,
        path,
        tls: tls.some(({ hosts }) => hosts?.includes(host)),
      })),
    );
  });
}
