import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesObject } from '../render/objects.ts';
import { SCHEMA_FOLDER, type SchemaIndex } from './schema-index.ts';

let scopes: Map<string, 'Namespaced' | 'Cluster'> | undefined;

/** Whether objects of a kind live in a namespace; undefined for a kind that no schema is known of. */
export function scopeOf({ apiVersion, kind }: KubernetesObject): 'Namespaced' | 'Cluster' | undefined {
  if (scopes === undefined) {
    const { kinds } = JSON.parse(readFileSync(join(SCHEMA_FOLDER, 'index.json'), 'utf8')) as SchemaIndex;
    scopes = new Map(kinds.map((one) => [`${one.group}/${one.kind}`, one.scope]));
  }
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return scopes.get(`${group}/${kind}`);
}
