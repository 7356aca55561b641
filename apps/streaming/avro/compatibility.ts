/** A schema as its JSON has it. */
type Schema = string | readonly Schema[] | Readonly<Record<string, unknown>>;

/** Why a reader cannot read what was written: the place in the schema, and the rule that is broken. */
export interface Break {
  /** `Order.quantity` */
  readonly path: string;
  readonly rule: string;
}

/** What a type may be read as besides itself. */
const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

/**
 * Holds a reader's schema against a writer's by the rules of schema resolution of Avro's specification: the two are
 * BACKWARD compatible when nothing is broken.
 */
export function breaks(reader: Schema, writer: Schema): Break[] {
  return compare(reader, writer, { reader: new Map(), writer: new Map(), seen: new Set() }, '');
}

interface Known {
  readonly reader: Map<string, Schema>;
  readonly writer: Map<string, Schema>;
  readonly seen: Set<string>;
}

function compare(reader: Schema, writer: Schema, known: Known, path: string): Break[] {
  const [read, written] = [resolve(reader, known.reader), resolve(writer, known.writer)];
  if (Array.isArray(written)) {
    return written.flatMap((branch) => compare(read, branch, known, path));
  }
  if (Array.isArray(read)) {
    const fits = read.some((branch) => compare(branch, written, fresh(known), path).length === 0);
    const branches = read.map(nameOf).join(', ');
    return fits ? [] : [{ path, rule: `${nameOf(written)} is no branch of the union of ${branches}` }];
  }
  const [readType, writtenType] = [typeOf(read), typeOf(written)];
  if (readType !== writtenType) {
    if (promotions[writtenType]?.includes(readType) === true) return [];
    return [
      { path, rule: `the type changed from ${writtenType} to ${readType}, which reads no ${writtenType}` },
    ];
  }
  if (typeof read === 'string' || typeof written === 'string') return [];
  switch (readType) {
    case 'record':
      return compareRecords(read as Named, written as Named, known, path);
    case 'enum':
      return compareEnums(read as Named, written as Named, path);
    case 'fixed': {
      const renamed = compareNames(read as Named, written as Named, path);
      const [size, before] = [(read as Named).size, (written as Named).size];
      return size === before
        ? renamed
        : [...renamed, { path, rule: `the size changed from ${before} to ${size}` }];
    }
    case 'array':
      return compare((read as Named).items as Schema, (written as Named).items as Schema, known, `${path}[]`);
    case 'map':
      return compare(
        (read as Named).values as Schema,
        (written as Named).values as Schema,
        known,
        `${path}{}`,
      );
    default:
      return [];
  }
}

interface Field {
  readonly name: string;
  readonly type: Schema;
  readonly default?: unknown;
  readonly aliases?: readonly string[];
}

type Named = Readonly<Record<string, unknown>> & {
  readonly name: string;
  readonly fields?: readonly Field[];
  readonly symbols?: readonly string[];
  readonly aliases?: readonly string[];
};

function compareRecords(read: Named, written: Named, known: Known, outer: string): Break[] {
  const path = outer === '' ? read.name : outer;
  const pair = `${fullName(read)} ${fullName(written)}`;
  if (known.seen.has(pair)) return [];
  known.seen.add(pair);
  const found = compareNames(read, written, path);
  for (const field of read.fields ?? []) {
    const names = [field.name, ...(field.aliases ?? [])];
    const before = written.fields?.find(({ name }) => names.includes(name));
    const place = `${path}.${field.name}`;
    if (before !== undefined) found.push(...compare(field.type, before.type, known, place));
    else if (!('default' in field)) {
      found.push({
        path: place,
        rule: 'a field that was added needs a default, for records that do not have it',
      });
    }
  }
  return found;
}

function compareEnums(read: Named, written: Named, path: string): Break[] {
  const found = compareNames(read, written, path);
  if ('default' in read) return found;
  for (const symbol of written.symbols ?? []) {
    if (read.symbols?.includes(symbol) === true) continue;
    found.push({ path, rule: `the symbol ${symbol} was removed from an enum without a default` });
  }
  return found;
}

function compareNames(read: Named, written: Named, path: string): Break[] {
  const short = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  const names = [read.name, ...(read.aliases ?? [])].map(short);
  if (names.includes(short(written.name))) return [];
  return [{ path, rule: `the name changed from ${written.name} to ${read.name} without an alias` }];
}

/** The schema that a name stands for; notes a schema that has a name. */
function resolve(schema: Schema, names: Map<string, Schema>): Schema {
  if (typeof schema === 'string') return names.get(schema) ?? schema;
  if (Array.isArray(schema)) return schema;
  const named = schema as Named;
  // { "type": { "type": "long" } } is long.
  if (typeof named.type === 'object') return resolve(named.type as Schema, names);
  if (typeof named.name === 'string') names.set(named.name, schema).set(fullName(named), schema);
  return schema;
}

const fresh = (known: Known): Known => ({ ...known, seen: new Set(known.seen) });

function fullName({ name, namespace }: Named): string {
  return typeof namespace === 'string' && !name.includes('.') ? `${namespace}.${name}` : name;
}

function typeOf(schema: Schema): string {
  return typeof schema === 'string' ? schema : String((schema as Named).type);
}

function nameOf(schema: Schema): string {
  return typeof schema === 'object' && 'name' in schema ? (schema as Named).name : typeOf(schema);
}
