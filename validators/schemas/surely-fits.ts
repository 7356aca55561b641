import { own } from '../own.ts';
import type { RenderedObject } from '../render/objects.ts';
import { type Schema, schemaOf } from './schema-of.ts';

type Fits = (value: unknown) => boolean;

/**
 * True for an object that fits its schema beyond doubt. False says nothing: kubeconform is asked then, and it alone refuses.
 *
 * Most objects fit, and starting a program that reads all of them again costs more than looking here.
 */
export function surelyFits({ object, text }: RenderedObject): boolean {
  // A name that the server makes is not in the text.
  if (isReadOtherwise(text) || 'generateName' in object.metadata) return false;
  const schema = schemaOf(object.apiVersion, object.kind);
  return schema !== undefined && fitsOf(schema, schema)(object);
}

/**
 * What parsers of YAML may disagree about: tabs, control characters, line ends other than `\n`, halves of characters, tags,
 * merged keys, anchors, what is no number, and colons that begin a value.
 */
function isReadOtherwise(text: string): boolean {
  return (
    /[^\n\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\ufffd]|\\u[dD]|\.(?:inf|Inf|INF|nan|NaN|NAN)\b/.test(
      text,
    ) ||
    text.includes('!!') ||
    (text.includes('<<') && /<<["']?\s*:/.test(text)) ||
    (text.includes('&') && /[-:?[,{] *&[^&\s]/.test(text)) ||
    /[[{,]:["'[{]/.test(text)
  );
}

/** By the schema itself: the same place of it is asked of thousands of values. */
const known = new WeakMap<Schema, Fits>();

function fitsOf(schema: Schema, root: Schema): Fits {
  const before = known.get(schema);
  if (before !== undefined) return before;
  // A schema may lead to itself: what stands below it is asked for when a value comes there.
  const fits = compile(schema, root);
  known.set(schema, fits);
  return fits;
}

const never: Fits = () => false;

/** What a schema says of a place that it says nothing of. */
const anything: Schema = {};

/** The words of a schema that are understood here; where another stands, nothing is sure. */
const words = new Set([
  'type',
  'required',
  'properties',
  'additionalProperties',
  'items',
  'definitions',
  'enum',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
]);

function compile(schema: Schema, root: Schema): Fits {
  const keys = Object.keys(schema);
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/definitions/', '').replaceAll('~1', '/');
    const meant = own(root.definitions, name);
    if (meant === undefined || keys.length > 1) return never;
    return (value) => fitsOf(meant, root)(value);
  }
  const strange = keys.filter((key) => !words.has(key));
  // The format of a value that is not there, or null, is nothing to judge.
  if (strange.some((key) => key !== 'format')) return never;
  const types = schema.type === undefined ? undefined : [schema.type].flat();
  const choice = schema.enum;
  const text = strange.length > 0 ? never : fitsText(schema);
  const number = fitsNumber(schema);
  const list = fitsList(schema, root);
  const fields = fitsFields(schema, root);
  return (value) => {
    const type = typeOf(value);
    if (
      types !== undefined &&
      !types.includes(type) &&
      !(type === 'number' && types.includes('integer') && Number.isSafeInteger(value))
    )
      return false;
    if (choice !== undefined && !choice.includes(value)) return false;
    switch (type) {
      case 'string':
        return text(value);
      case 'number':
        return number(value);
      case 'array':
        return list(value);
      case 'object':
        return fields(value);
      default:
        return type !== 'unknown';
    }
  };
}

function typeOf(value: unknown): 'null' | 'array' | 'object' | 'string' | 'number' | 'boolean' | 'unknown' {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'object':
    case 'string':
    case 'boolean':
      return typeof value as 'object' | 'string' | 'boolean';
    case 'number':
      return Number.isFinite(value) ? 'number' : 'unknown';
    default:
      return 'unknown';
  }
}

function fitsText({ pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY }: Schema): Fits {
  const measured = minLength > 0 || maxLength < Number.POSITIVE_INFINITY;
  const expression = pattern === undefined ? undefined : expressionOf(pattern);
  if (expression === null) return never;
  return (value) => {
    const text = value as string;
    if (measured) {
      // In code points, as Go counts.
      const length = [...text].length;
      if (length < minLength || length > maxLength) return false;
    }
    // Beyond ASCII, expressions of Go and of JavaScript differ.
    return expression === undefined || (/^[\n\r\x20-\x7e]*$/.test(text) && expression.test(text));
  };
}

/** A pattern that means the same to Go, which has no way to look ahead or back; null for what is none here. */
function expressionOf(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return null;
  }
}

function fitsNumber({ minimum, maximum }: Schema): Fits {
  const [least, most] = [minimum ?? Number.NEGATIVE_INFINITY, maximum ?? Number.POSITIVE_INFINITY];
  return (value) => (value as number) >= least && (value as number) <= most;
}

function fitsList({ items = anything, minItems = 0, maxItems }: Schema, root: Schema): Fits {
  const most = maxItems ?? Number.POSITIVE_INFINITY;
  return (value) => {
    const list = value as readonly unknown[];
    if (list.length < minItems || list.length > most) return false;
    return list.every(fitsOf(items, root));
  };
}

function fitsFields(schema: Schema, root: Schema): Fits {
  const { properties = {}, additionalProperties = true, required = [], minProperties = 0 } = schema;
  const most = schema.maxProperties ?? Number.POSITIVE_INFINITY;
  const bounded = minProperties > 0 || most < Number.POSITIVE_INFINITY;
  const below = new Map(Object.entries(properties));
  const others = additionalProperties === true ? anything : additionalProperties || undefined;
  return (value) => {
    const fields = value as Readonly<Record<string, unknown>>;
    const keys = Object.keys(fields);
    if (bounded && (keys.length < minProperties || keys.length > most)) return false;
    for (const key of required) if (!Object.hasOwn(fields, key)) return false;
    for (const key of keys) {
      const its = below.get(key) ?? others;
      // A key that is null is none for Go.
      if (its === undefined || key === 'null' || !fitsOf(its, root)(fields[key])) return false;
    }
    return true;
  };
}
