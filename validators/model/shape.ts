import { own } from '../own.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { follow, type Schema, schemaOf } from '../schemas/schema-of.ts';

/**
 * An object in the shape that its kind has, so that whoever reads it by its typed model can: values of a wrong type are
 * left out or made right (a number where a text is wanted), nulls are left out, and what must be there is there, empty.
 * The object itself where nothing is wrong with it. What is wrong is said by the check against the schemas.
 */
export function shaped(object: KubernetesObject): KubernetesObject {
  const schema = schemaOf(object.apiVersion, object.kind);
  return schema === undefined ? object : (mend(schema, object, schema) as KubernetesObject);
}

/** A schema with its reference followed, as often asked for as a kind has values. */
interface Shape {
  readonly types: readonly string[];
  readonly schema: Schema;
}

const shapes = new WeakMap<Schema, Shape>();

function shapeOf(reference: Schema, root: Schema): Shape {
  const known = shapes.get(reference);
  if (known !== undefined) return known;
  const schema = follow(reference, root);
  const { type } = schema;
  const types = type === undefined ? [] : typeof type === 'string' ? [type] : type;
  const shape = { types, schema };
  shapes.set(reference, shape);
  return shape;
}

/** A value in the shape of its schema; undefined for one that cannot be. */
function mend(reference: Schema, value: unknown, root: Schema): unknown {
  const { schema, types } = shapeOf(reference, root);
  if (value === null || value === undefined) return undefined;
  if (types.length === 0) return value;
  if (Array.isArray(value)) return types.includes('array') ? mendList(schema, value, root) : undefined;
  if (typeof value === 'object') {
    return types.includes('object') ? mendFields(schema, value as Record<string, unknown>, root) : undefined;
  }
  if (typeof value === 'string') {
    if (types.includes('string')) return value;
    const number = types.includes('integer') || types.includes('number') ? Number(value) : Number.NaN;
    return Number.isFinite(number) ? number : undefined;
  }
  if (typeof value === 'number' && (types.includes('integer') || types.includes('number'))) return value;
  if (typeof value === 'boolean' && types.includes('boolean')) return value;
  return types.includes('string') ? String(value) : undefined;
}

/** What stands for a value that must be there and is not; undefined for numbers and choices, which nobody can guess. */
function empty(reference: Schema, root: Schema): unknown {
  const { schema, types } = shapeOf(reference, root);
  if (types.includes('array')) return [];
  if (types.includes('object')) return mendFields(schema, {}, root);
  return types.includes('string') ? '' : undefined;
}

function mendList(schema: Schema, list: readonly unknown[], root: Schema): readonly unknown[] {
  const { items } = schema;
  if (items === undefined) return list;
  let mended: unknown[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const value = list[index];
    // An entry that cannot be is emptied rather than left out: the places of the others stay what they are.
    const right = mend(items, value, root) ?? empty(items, root);
    if (right !== value) {
      mended ??= [...list];
      mended[index] = right;
    }
  }
  return mended ?? list;
}

function mendFields(schema: Schema, fields: Readonly<Record<string, unknown>>, root: Schema): object {
  const { properties, additionalProperties, required = [] } = schema;
  let mended: Record<string, unknown> | undefined;
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    const below =
      own(properties, key) ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (below === undefined) continue;
    const right = mend(below, value, root);
    if (right === value) continue;
    mended ??= { ...fields };
    if (right === undefined) delete mended[key];
    else mended[key] = right;
  }
  for (const key of required) {
    // An empty selector would select everything, where a missing one selects nothing.
    if ((mended ?? fields)[key] !== undefined || key === 'selector') continue;
    const right = empty(own(properties, key) ?? {}, root);
    if (right === undefined) continue;
    mended ??= { ...fields };
    mended[key] = right;
  }
  return mended ?? fields;
}
