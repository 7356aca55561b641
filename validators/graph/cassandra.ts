import type { Model } from '../model/model.ts';
import { perModel } from '../model/per-model.ts';
import type { Container, Workload } from '../model/workload.ts';
import { asked } from './asked.ts';
import { environmentOf } from './container-environment.ts';
import type { Flows } from './flows.ts';
import { mountedFiles } from './mounted-files.ts';
import { pairsOf } from './options.ts';
import { resolveHost } from './resolve.ts';
import { runTexts } from './run-texts.ts';
import { hasUnseenSettings, type Sought } from './unseen-settings.ts';

/** Nodes of Cassandra that a workload runs. */
export interface Ring {
  readonly workload: Workload;
  /** The name of their data centre; undefined where it is not surely known. */
  readonly centre: string | undefined;
  /** Why it is called so: `env CASSANDRA_DC`. */
  readonly by: string;
}

/** True for a container that runs Cassandra or what speaks as it does. */
export function isCassandra({ role, spec }: Container): boolean {
  return (
    role === 'main' &&
    /(?:^|\/)(?:cassandra|scylla|dse-server|cass-management-api)(?::|@|$)/.test(spec.image ?? '')
  );
}

/** The Cassandra of a target, by the workloads that run it. */
export const ringsOf: (model: Model) => readonly Ring[] = perModel((model) =>
  model.workloads.flatMap((workload) => {
    const container = workload.serves ? workload.containers.find(isCassandra) : undefined;
    return container === undefined ? [] : [{ workload, ...centreOf(model, workload, container) }];
  }),
);

/** The rings that a workload is told to talk to; none where it may talk to others as well. */
export function ringsAsked(model: Model, flows: Flows, workload: Workload): readonly Ring[] {
  const servers = asked(flows, workload, [9042]);
  const namespaces = new Set(
    ringsOf(model).flatMap((ring) => (servers.has(ring.workload) ? [ring.workload.namespace] : [])),
  );
  // Nodes of other workloads beside them may belong to the same ring.
  return ringsOf(model).filter((ring) => namespaces.has(ring.workload.namespace));
}

/** The data centres of a target's Cassandra; undefined where one of them may have another name, or more may belong to it. */
export function centresOf(
  model: Model,
  rings: readonly Ring[],
): ReadonlyMap<string, readonly Ring[]> | undefined {
  if (ringsOf(model).some(({ centre }) => centre === undefined)) return undefined;
  const operated = [
    ['cassandra.datastax.com', 'CassandraDatacenter'],
    ['k8ssandra.io', 'K8ssandraCluster'],
  ] as const;
  if (operated.some(([group, kind]) => model.all(group, kind).length > 0)) return undefined;
  return Map.groupBy(rings, ({ centre = '' }) => centre);
}

/** `StatefulSet cassandra is datacenter1 (SimpleSnitch, its default)`. */
export function describeCentres(rings: readonly Ring[]): string {
  return rings
    .map(({ workload, centre, by }) => `${workload.kind} ${workload.name} is data centre ${centre} (${by})`)
    .join(' and ');
}

const sought: Sought = {
  variables: /^CASSANDRA_|OPTS$/,
  places: /(?:^|\/)(?:conf|config|etc|scripts?|bin)(?:\/|$)|\.(?:ya?ml|properties|env|sh)$/,
  scripts: /(?:^|\/)docker-entrypoint\.sh$|^\/opt\/bitnami\/scripts\//,
};
const publicImage =
  /^(?:docker\.io\/)?(?:library\/|(bitnami(?:legacy)?)\/)?cassandra(?::v?(\d+)?[^@]*)?(?:@.*)?$/;
const unknown = { centre: undefined, by: '' };

/**
 * Sources: docker-entrypoint.sh of the official image; libcassandra of Bitnami's; cassandra.yaml and
 * cassandra-rackdc.properties of Cassandra 3.11 to 5.0.
 */
function centreOf(model: Model, workload: Workload, container: Container): Omit<Ring, 'workload'> {
  const { image = '', command, args = [] } = container.spec;
  const known = publicImage.exec(image);
  if (known === null || Number(known[2]) > 5) return unknown;
  const isBitnami = known[1] !== undefined;
  if (hasUnseenSettings(model, workload, container, sought)) return unknown;
  if (isChangedByScript(model, workload)) return unknown;
  const environment = environmentOf(model, workload, container);
  if (isBeyond(model, workload, environment.get('CASSANDRA_SEEDS')?.value)) return unknown;
  const files = mountedFiles(model, workload, container);
  const setting = (file: RegExp, key: string) => {
    for (const { kind, name, key: at } of files.filter((one) => file.test(one.at))) {
      const text = model.configuration(kind, workload.namespace, name)?.values.get(at) ?? '';
      const value = pairsOf(at, text).findLast(([one]) => one === key)?.[1];
      if (value !== undefined) return { value, by: `file ${at}` };
    }
    return undefined;
  };
  const variable = (name: string) => {
    // Without its entrypoint the image does not read them.
    if (command !== undefined && !/entrypoint\.sh/.test([...command, ...args].join(' '))) return undefined;
    const value = environment.get(name)?.value;
    return value === undefined || value === '' ? undefined : { value, by: `env ${name}` };
  };
  const yaml = /\/cassandra\.ya?ml$/;
  const rack = /\/cassandra-rackdc\.properties$/;
  if (isBitnami && files.some(({ at }) => yaml.test(at) || rack.test(at))) return unknown;
  const snitch = variable('CASSANDRA_ENDPOINT_SNITCH') ??
    setting(yaml, 'endpoint_snitch') ?? { value: 'SimpleSnitch', by: 'its default' };
  const kind = snitch.value.split('.').at(-1);
  if (kind === 'SimpleSnitch') {
    const unread = ['CASSANDRA_DC', 'CASSANDRA_DATACENTER'].find((name) => environment.has(name));
    const hint = unread === undefined ? '' : `, which does not read ${unread}`;
    return { centre: 'datacenter1', by: `SimpleSnitch, ${snitch.by}${hint}` };
  }
  if (kind !== 'GossipingPropertyFileSnitch') return unknown;
  const centre = variable(isBitnami ? 'CASSANDRA_DATACENTER' : 'CASSANDRA_DC') ??
    setting(rack, 'dc') ?? { value: 'dc1', by: "the image's cassandra-rackdc.properties" };
  return /^[\w.-]+$/.test(centre.value) ? { centre: centre.value, by: centre.by } : unknown;
}

/** True where a script of the pod writes the name of the data centre itself. */
function isChangedByScript(model: Model, workload: Workload): boolean {
  return workload.containers.some((container) =>
    runTexts(model, workload, container).some(({ text }) =>
      /rackdc|snitch|cassandra\.(?:dc|rack)\b/i.test(text),
    ),
  );
}

/** True where a ring has a seed that the target does not hold: others may belong to it. */
function isBeyond(model: Model, workload: Workload, seeds = ''): boolean {
  return seeds
    .split(',')
    .map((seed) => seed.trim())
    .some((seed) => {
      if (seed === '') return false;
      if (seed.includes('$')) return true;
      const { to } = resolveHost(model, workload.namespace, seed.replace(/:\d+$/, ''));
      return to === 'outside' || to === 'elsewhere';
    });
}
