import type { Model } from '../model/model.ts';
import { perModel } from '../model/per-model.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { addressesInScript } from './addresses-in-commands.ts';
import { ringsOf } from './cassandra.ts';
import { resolveHost } from './resolve.ts';
import { runTexts } from './run-texts.ts';

/** A statement that makes or changes a keyspace. */
export interface KeyspaceStatement {
  readonly verb: 'CREATE' | 'ALTER';
  /** As Cassandra would call it; undefined where only a script knows it. */
  readonly keyspace: string | undefined;
  /** The options of its replication, without their class; undefined where they do not stand there. */
  readonly replication: ReadonlyMap<string, string>;
  /** The last word of the class, as `NetworkTopologyStrategy`. */
  readonly strategy: string | undefined;
  readonly namespace: string;
  readonly object: KubernetesObject;
  readonly path: string;
  readonly within: number | undefined;
}

const statement =
  /\b(CREATE|ALTER)\s+KEYSPACE\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(\\?"?)([^\s"\\;]+)\2(?:\s+WITH\s+replication\s*=\s*\{([^}]*)\})?/gi;

/** The statements about keyspaces of a target: in files of ConfigMaps and Secrets, and in commands, of namespaces that have a ring. */
export const keyspaceStatements: (model: Model) => readonly KeyspaceStatement[] = perModel((model) =>
  ringsOf(model).length === 0 ? [] : find(model),
);

function find(model: Model): KeyspaceStatement[] {
  const namespaces = new Set(ringsOf(model).map(({ workload }) => workload.namespace));
  const found: KeyspaceStatement[] = [];
  for (const { namespace, object, values, pathOf } of model.configurations) {
    if (!namespaces.has(namespace)) continue;
    for (const [key, text] of values)
      found.push(...read(text ?? '').map((one) => ({ ...one, namespace, object, path: pathOf(key) })));
  }
  for (const workload of model.workloads) {
    const { namespace } = workload;
    if (!namespaces.has(namespace)) continue;
    for (const container of workload.containers) {
      for (const { text, object, path } of runTexts(model, workload, container)) {
        // What a mounted script says was read with its ConfigMap.
        if (object !== workload.object || !/KEYSPACE/i.test(text)) continue;
        const others = addressesInScript(text).some(({ host }) =>
          ['outside', 'elsewhere'].includes(resolveHost(model, namespace, host).to),
        );
        if (!others) found.push(...read(text).map((one) => ({ ...one, namespace, object, path })));
      }
    }
  }
  return found;
}

type Read = Pick<KeyspaceStatement, 'verb' | 'keyspace' | 'replication' | 'strategy' | 'within'>;

function read(text: string): Read[] {
  if (!/KEYSPACE/i.test(text)) return [];
  // What is commented out is not run; lines keep their numbers.
  const cql = text
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/^\s*(?:--|\/\/|#).*$|[\s;](?:--|\/\/|#)\s.*$/gm, '');
  return [...cql.matchAll(statement)].map((match): Read => {
    const [, verb = '', quote = '', name = '', options = ''] = match;
    const pairs = [...options.matchAll(/'([^']+)'\s*:\s*'?([^',}\s]+)'?/g)];
    const replication = new Map(pairs.map(([, key = '', value = '']) => [key, value]));
    const strategy = replication.get('class')?.split('.').at(-1);
    replication.delete('class');
    return {
      verb: verb.toUpperCase() as Read['verb'],
      keyspace: /^\w+$/.test(name) ? (quote === '' ? name.toLowerCase() : name) : undefined,
      replication,
      strategy,
      within: text.includes('\n') ? cql.slice(0, match.index).split('\n').length : undefined,
    };
  });
}
