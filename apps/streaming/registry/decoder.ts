import avro from 'avsc';
import { RegistryError } from './errors.ts';
import type { Registry } from './registry.ts';
import { unframe } from './wire.ts';

/** A value as its reader knows it, or why it cannot be read. */
export type Decoded<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string };

/** Reads values of any writer's schema as those of the reader's own. */
export interface Decoder<Value> {
  /** Asks the registry for the schemas of these values that are not known yet. @throws RegistryError when it is away */
  readonly prepare: (values: Iterable<Buffer | null>) => Promise<void>;
  /** Reads a value that was prepared for. */
  readonly decode: (value: Buffer | null) => Decoded<Value>;
}

type Read<Value> = (body: Buffer) => Value;

/** A decoder by a reader's schema (its text). */
export function createDecoder<Value>(registry: Pick<Registry, 'schema'>, schema: string): Decoder<Value> {
  const own = avro.Type.forSchema(JSON.parse(schema));
  const writers = new Map<number, Read<Value> | string>();
  return {
    async prepare(values) {
      const missing = new Set<number>();
      for (const value of values) {
        const framed = unframe(value);
        // An id that was not there may be by now: another replica of the registry was behind.
        if (framed.ok && typeof writers.get(framed.id) !== 'function') missing.add(framed.id);
      }
      for (const id of missing) writers.set(id, await reader<Value>(registry, own, id));
    },
    decode(value) {
      const framed = unframe(value);
      if (!framed.ok) return framed;
      const read = writers.get(framed.id) ?? `the schema ${framed.id} was not asked for`;
      if (typeof read === 'string') return { ok: false, reason: read };
      try {
        return { ok: true, value: read(framed.body) };
      } catch (error) {
        return {
          ok: false,
          reason: `the value is not what schema ${framed.id} says: ${(error as Error).message}`,
        };
      }
    },
  };
}

async function reader<Value>(
  registry: Pick<Registry, 'schema'>,
  own: avro.Type,
  id: number,
): Promise<Read<Value> | string> {
  let text: string;
  try {
    text = await registry.schema(id);
  } catch (error) {
    if (error instanceof RegistryError && error.status === 404) return `the registry has no schema ${id}`;
    throw error;
  }
  try {
    const resolver = own.createResolver(avro.Type.forSchema(JSON.parse(text)));
    return (body) => own.fromBuffer(body, resolver) as Value;
  } catch (error) {
    return `schema ${id} cannot be read as ${own.name}: ${(error as Error).message}`;
  }
}
