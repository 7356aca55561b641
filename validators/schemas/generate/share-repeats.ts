import { mapSubschemas, type Schema } from './json-schema.ts';

/** Below this many characters a `$ref` saves nothing. */
const WORTH_SHARING = 80;

interface Node {
  readonly schema: Schema;
  readonly text: string;
  /** The field it describes where it was met first; names the definition. */
  readonly field: string;
  /** How many places refer to it once everything above it is shared. */
  uses: number;
}

/**
 * Moves every sub-schema that occurs more than once into `definitions`.
 *
 * A CustomResourceDefinition repeats itself wherever its Go types do: an ApplicationSet holds the same template and
 * generators at three levels. A file is read and compiled in proportion to its size, so this is what keeps kubeconform
 * fast. References that are there already stay as they are.
 */
export function shareRepeats(root: Schema): {
  readonly schema: Schema;
  readonly definitions: Readonly<Record<string, Schema>>;
} {
  const nodes = new Map<string, Node>();

  // Equal schemas have equal texts, since both are built key by key in the same order.
  function visit(schema: Schema, field: string): string {
    const text = JSON.stringify(schema);
    const known = nodes.get(text);
    if (known) {
      known.uses += 1;
      return text;
    }
    nodes.set(text, { schema, text, field, uses: 1 });
    mapSubschemas(schema, (subschema, own) => {
      visit(subschema, own ?? field);
      return subschema;
    });
    return text;
  }

  const names = new Map<string, string>();
  const taken = new Set<string>();
  const rootText = visit(root, '');
  for (const { text, field, uses, schema } of nodes.values()) {
    if (uses > 1 && text.length > WORTH_SHARING && schema.$ref === undefined)
      names.set(text, freeName(field, taken));
  }

  const replace = (schema: Schema): Schema => {
    const name = names.get(JSON.stringify(schema));
    return name === undefined ? mapSubschemas(schema, replace) : { $ref: `#/definitions/${name}` };
  };
  const definitions: Record<string, Schema> = {};
  for (const [text, name] of names) {
    const node = nodes.get(text);
    if (node && text !== rootText) definitions[name] = mapSubschemas(node.schema, replace);
  }
  return { schema: mapSubschemas(root, replace), definitions };
}

/** `template`, then `template2`, `template3`: never with a dot, which Kubernetes' own definitions have. */
function freeName(field: string, taken: Set<string>): string {
  const stem = field.replaceAll(/[^A-Za-z0-9]/g, '') || 'shared';
  let name = stem;
  for (let count = 2; taken.has(name); count += 1) name = `${stem}${count}`;
  taken.add(name);
  return name;
}
