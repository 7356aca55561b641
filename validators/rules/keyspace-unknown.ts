import { isCassandra, ringsAsked, ringsOf } from '../graph/cassandra.ts';
import { keyspaceStatements } from '../graph/keyspaces.ts';
import { optionsOf } from '../graph/options.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

const keyspaceKey = /(?:^|[._-])keyspace(?:[._-]?name)?$/i;

/** Keyspaces that each ring has. */
const ofCassandra = /^system(?:_\w+)?$/;

/** Programs that make their keyspace themselves. */
const makers =
  /janusgraph|temporal|cadence|jaeger|zipkin|kong|thingsboard|opennms|hawkular|stargate|reaper|medusa/;

/** Settings by which a client makes its keyspace itself. */
const making = /auto[._-]?create|schema[._-]?action|create[._-]?(?:if|keyspace)|migrat/i;

/** A client of Cassandra names a keyspace that no script of its target makes. */
export const keyspaceUnknown: Rule = {
  id: 'keyspace-unknown',
  severity: 'error',
  family: 'data systems',
  title: 'a client names a keyspace that no script makes',
  *check(context) {
    const { model } = context;
    if (ringsOf(model).length === 0) return;
    const made = keyspaceStatements(model).filter(({ verb }) => verb === 'CREATE');
    for (const workload of made.length === 0 ? [] : model.workloads) {
      for (const container of workload.containers) {
        if (isCassandra(container) || makers.test(container.spec.image ?? '')) continue;
        const options = optionsOf(model, workload, container);
        const told = options.filter(({ key, value }) => keyspaceKey.test(key) && /^[a-z]\w*$/i.test(value));
        if (told.length === 0 || options.some(({ key }) => making.test(key))) continue;
        const namespaces = new Set(
          ringsAsked(model, context.flows, workload).map((ring) => ring.workload.namespace),
        );
        const here = made.filter(({ namespace }) => namespaces.has(namespace));
        const names = [...new Set(here.map(({ keyspace }) => keyspace))];
        if (names.length === 0 || names.includes(undefined)) continue;
        const known = names.filter((name) => name !== undefined);
        for (const { value, object, path, by } of told) {
          const name = value.toLowerCase();
          if (ofCassandra.test(name) || known.some((one) => one.toLowerCase() === name)) continue;
          const hint = didYouMean(name, known);
          yield {
            object,
            path,
            message:
              `${workload.kind} ${workload.name} is told by ${by} of keyspace ${value}, and ${known.length === 1 ? 'the one' : 'those'} that scripts of the target make ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}${hint}: ` +
              `unless the client makes it, Cassandra would answer that keyspace ${value} does not exist`,
            ...(hint === '' ? { severity: 'warning' as const } : {}),
          };
        }
      }
    }
  },
};
