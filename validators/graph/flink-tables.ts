import type { Model } from '../model/model.ts';
import type { KubernetesObject } from '../render/objects.ts';

/** A table of Flink SQL that a Kafka topic is behind, as a ConfigMap or a Secret has its statement. */
export interface KafkaTable {
  readonly name: string;
  readonly options: ReadonlyMap<string, string>;
  /** What `SET` says before it, in the same file. */
  readonly session: ReadonlyMap<string, string>;
  readonly namespace: string;
  readonly object: KubernetesObject;
  readonly path: string;
  /** The line of an option, or the statement's first; from 1. */
  readonly lineOf: (option: string) => number;
}

const create =
  /\bCREATE\s+(?:TEMPORARY\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([`\w.]+)[^;]*?\bWITH\s*\(\s*((?:'(?:[^']|'')*'\s*=\s*'(?:[^']|'')*'\s*(?:,\s*)?)+)\)/gi;
const set = /\bSET\s+(?:'([\w.-]+)'\s*=\s*'([^']*)'|([\w.-]+)\s*=\s*'?([^';]*)'?)\s*;/gi;

/** The Kafka tables of a target's SQL files. */
export function kafkaTables(model: Model): KafkaTable[] {
  return model.configurations.flatMap(({ namespace, object, values, pathOf }) =>
    [...values].flatMap(([key, text]) =>
      text === undefined || !/'connector'\s*=\s*'(?:upsert-)?kafka'/.test(text)
        ? []
        : read(text).map((table) => ({ ...table, namespace, object, path: pathOf(key) })),
    ),
  );
}

function read(text: string): Pick<KafkaTable, 'name' | 'options' | 'session' | 'lineOf'>[] {
  // Lines keep their numbers.
  const sql = text
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/^\s*--.*$|\s--\s.*$/gm, '');
  return [...sql.matchAll(create)].flatMap((match) => {
    const [whole, name = '', list = ''] = match;
    const options = new Map(
      [...list.matchAll(/'([^']*)'\s*=\s*'([^']*)'/g)].map(([, key = '', value = '']) => [key, value]),
    );
    if (!/^(?:upsert-)?kafka$/.test(options.get('connector') ?? '')) return [];
    const session = new Map(
      [...sql.slice(0, match.index).matchAll(set)].map(([, key, value = '', bare = '', plain = '']) =>
        key === undefined ? [bare, plain] : [key, value],
      ),
    );
    const lineOf = (option: string) => {
      const at = Math.max(whole.indexOf(`'${option}'`), 0);
      return sql.slice(0, match.index + at).split('\n').length;
    };
    return [{ name: name.replaceAll('`', ''), options, session, lineOf }];
  });
}
