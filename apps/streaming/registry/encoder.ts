import avro from 'avsc';
import { newest, type SchemaName, subjectOf } from '../avro/schemas.ts';
import type { Registry } from './registry.ts';
import { framer } from './wire.ts';

/**
 * Encodes values of a topic by the newest version of a schema, under the id that the registry gave it; registering what is
 * registered gives its id.
 * @throws RegistryError when the registry is away, or the version is not compatible
 */
export async function encoder<Value>(
  registry: Pick<Registry, 'register'>,
  topic: string,
  name: SchemaName,
): Promise<(value: Value) => Buffer> {
  const { text } = newest(name);
  const id = await registry.register(subjectOf(topic), text);
  return framer<Value>(avro.Type.forSchema(JSON.parse(text)), id);
}
