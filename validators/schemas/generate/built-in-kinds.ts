import { createDefinitions, withoutStatus } from './definitions.ts';
import type { AppliableKind, OpenApi } from './openapi.ts';
import { toRootSchema, withDefinitions } from './root-schema.ts';
import type { KindSchema } from './source-schema.ts';
import { toStrictSchema } from './strict-schema.ts';

/** The self-contained strict schema of one of Kubernetes' own kinds. */
export function builtInKind(
  openapi: OpenApi,
  { definition, group, version, kind, scope }: AppliableKind,
): KindSchema {
  const identity = { group, version, kind };
  const definitions = createDefinitions(openapi, 'open');
  const source = withoutStatus(openapi.definition(definition));
  // Kubernetes' OpenAPI requires no metadata. Required here already, so that no second ObjectMeta is gathered.
  const required = [...(source.required ?? []), 'metadata'];
  const strict = toStrictSchema({ ...source, required }, 'required', definitions.dialect);
  const root = toRootSchema(identity, strict, definitions);
  return { ...identity, scope, schema: withDefinitions(root, definitions.gathered()) };
}
