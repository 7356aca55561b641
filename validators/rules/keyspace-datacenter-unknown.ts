import { centresOf, describeCentres, isCassandra, ringsAsked, ringsOf } from '../graph/cassandra.ts';
import { keyspaceStatements } from '../graph/keyspaces.ts';
import { optionsOf } from '../graph/options.ts';
import type { Model } from '../model/model.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

/** Settings by which clients of Cassandra are told of their own data centre. */
const localCentre =
  /(?:^|[._-])(?:local[._-]?(?:dc|data[._-]?cent(?:er|re))|(?:cassandra|cql)[._-](?:dc|data[._-]?cent(?:er|re)))$/i;

/** A keyspace is to be held by a data centre that the ring does not have, or a client looks for its nodes in one. */
export const keyspaceDatacenterUnknown: Rule = {
  id: 'keyspace-datacenter-unknown',
  severity: 'error',
  family: 'data systems',
  title: 'a data centre that the Cassandra ring does not have is named',
  *check(context) {
    const { model } = context;
    if (ringsOf(model).length === 0 || centresOf(model, ringsOf(model)) === undefined) return;
    yield* inStatements(model);
    for (const workload of model.workloads) {
      for (const container of workload.containers) {
        if (isCassandra(container)) continue;
        for (const { key, value, object, path, by } of optionsOf(model, workload, container)) {
          if (!localCentre.test(key) || !/^[\w.-]+$/.test(value)) continue;
          const rings = ringsAsked(model, context.flows, workload);
          const centres = rings.length === 0 ? undefined : centresOf(model, rings);
          if (centres === undefined || centres.has(value)) continue;
          yield {
            object,
            path,
            message:
              `${workload.kind} ${workload.name} is told by ${by} that its data centre is ${value}, and ${describeCentres(rings)}${didYouMean(value, centres.keys())}: ` +
              'its driver would leave all their nodes aside and find none to ask',
          };
        }
      }
    }
  },
};

function* inStatements(model: Model): Iterable<Problem> {
  for (const { keyspace, strategy, replication, namespace, object, path, within } of keyspaceStatements(
    model,
  )) {
    if (strategy !== 'NetworkTopologyStrategy') continue;
    const rings = ringsOf(model).filter(({ workload }) => workload.namespace === namespace);
    const centres = centresOf(model, rings);
    if (centres === undefined) continue;
    const named = [...replication].filter(
      ([centre, copies]) =>
        centre !== 'replication_factor' && /^[\w.-]+$/.test(centre) && /^[1-9]/.test(copies),
    );
    const known = named.filter(([centre]) => centres.has(centre));
    for (const [centre] of named) {
      if (centres.has(centre)) continue;
      yield {
        object,
        path,
        ...(within === undefined ? {} : { within }),
        message:
          `keyspace ${keyspace ?? ''} is to have copies in data centre ${centre}, and ${describeCentres(rings)}${didYouMean(centre, centres.keys())}: ` +
          'Cassandra would refuse the statement, and before 4.0 take it and hold no copy there',
        // Another cluster may have the other half of the ring.
        ...(known.length > 0 ? { severity: 'warning' as const } : {}),
      };
    }
  }
}
