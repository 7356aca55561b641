import { ringsOf } from '../graph/cassandra.ts';
import { keyspaceStatements } from '../graph/keyspaces.ts';
import type { Rule } from './rule.ts';

/** A Cassandra keyspace is to have more copies of each row than there are nodes. */
export const keyspaceBeyondNodes: Rule = {
  id: 'keyspace-beyond-nodes',
  severity: 'error',
  family: 'data systems',
  title: 'a keyspace is to be replicated more often than there are nodes',
  *check({ model }) {
    for (const { keyspace, replication, namespace, object, path, within } of keyspaceStatements(model)) {
      const rings = ringsOf(model).flatMap(({ workload }) =>
        workload.namespace === namespace ? [workload] : [],
      );
      const nodes = rings.reduce((sum, { replicas }) => sum + replicas.max, 0);
      for (const [where, count] of replication) {
        if (!/^\d+$/.test(count) || Number(count) <= nodes) continue;
        const names = rings.map(({ kind, name }) => `${kind} ${name}`).join(' and ');
        yield {
          object,
          path,
          ...(within === undefined ? {} : { within }),
          message:
            `keyspace ${keyspace ?? ''} is to have ${count} copies (${where}), and ${names} ${rings.length === 1 ? 'has' : 'have'} ${nodes} ${nodes === 1 ? 'node' : 'nodes'}: ` +
            'no write or read that wants all copies would succeed, nor one at QUORUM where most of them are missing',
        };
      }
    }
  },
};
