import type { Rule } from './rule.ts';

/** A statement that makes or changes a keyspace, and the options of its replication. */
const statement =
  /\b(?:CREATE|ALTER)\s+KEYSPACE\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"?(\w+)"?\s+WITH\s+replication\s*=\s*\{([^}]*)\}/gi;

/** A Cassandra keyspace is to have more copies of each row than there are nodes. */
export const keyspaceBeyondNodes: Rule = {
  id: 'keyspace-beyond-nodes',
  severity: 'error',
  family: 'data systems',
  title: 'a keyspace is to be replicated more often than there are nodes',
  *check({ model }) {
    const byNamespace = Map.groupBy(
      model.workloads.filter(({ containers, serves }) =>
        containers.some(
          ({ role, spec }) =>
            serves &&
            role === 'main' &&
            /(?:^|\/)(?:cassandra|scylla|dse-server)(?::|@|$)/.test(spec.image ?? ''),
        ),
      ),
      ({ namespace }) => namespace,
    );
    for (const { kind, namespace, object, values, pathOf } of model.configurations) {
      const rings = byNamespace.get(namespace) ?? [];
      if (kind !== 'ConfigMap' || rings.length === 0) continue;
      const nodes = rings.reduce((sum, { replicas }) => sum + replicas.max, 0);
      for (const [key, text] of values) {
        // What is commented out is not run.
        const cql = (text ?? '').replaceAll(/\/\*[\s\S]*?\*\/|(?:--|\/\/).*$/gm, '');
        for (const [, keyspace = '', options = ''] of cql.matchAll(statement)) {
          const copies = [...options.matchAll(/'([\w-]+)'\s*:\s*'?(\d+)'?/g)];
          for (const [, where = '', count = ''] of copies) {
            if (Number(count) <= nodes) continue;
            const names = rings.map(({ kind: of, name }) => `${of} ${name}`).join(' and ');
            yield {
              object,
              path: pathOf(key),
              message:
                `keyspace ${keyspace} is to have ${count} copies (${where}), and ${names} ${rings.length === 1 ? 'has' : 'have'} ${nodes} ${nodes === 1 ? 'node' : 'nodes'}: ` +
                'no write or read that wants all copies would succeed, nor one at QUORUM where most of them are missing',
            };
          }
        }
      }
    }
  },
};
