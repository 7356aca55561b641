import { createRequire } from 'node:module';
import {
  boolYaml11Tag,
  FAILSAFE_SCHEMA,
  floatYaml11Tag,
  intYaml11Tag,
  load,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  type ScalarTagDefinition,
  Schema,
} from 'js-yaml';

/** `30`, `-7`, `0755`, `0o755`, `0x1f`, `0b101`, with `_` between digits. */
function integer(source: string): number | typeof NOT_RESOLVED {
  const digits = source.replaceAll('_', '');
  const match = /^([-+]?)(0b[01]+|0x[0-9a-f]+|0o?[0-7]+|0|[1-9][0-9]*)$/i.exec(digits);
  if (match === null) return NOT_RESOLVED;
  const [, sign, amount = ''] = match;
  const value = /^0[0-7]/.test(amount) ? Number.parseInt(amount, 8) : Number(amount);
  return sign === '-' ? -value : value;
}

/** `1.5`, `.5`, `1e3`, and `08`, which is no octal number. */
function float(source: string): number | typeof NOT_RESOLVED {
  const digits = source.replaceAll('_', '');
  return /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:e[-+]?[0-9]+)?$/i.test(digits)
    ? Number(digits)
    : NOT_RESOLVED;
}

/**
 * YAML 1.1 as Kubernetes reads it (sigs.k8s.io/yaml): `yes` is true and `0755` is octal, but a date stays the text
 * that it is, and so does `22:30`, which YAML 1.1 itself takes for a number to the base of 60.
 * Source: sigs.k8s.io/yaml, `goyaml.v2/resolve.go`.
 */
const kubernetesSchema = new Schema([
  ...FAILSAFE_SCHEMA.tags,
  nullYaml11Tag,
  boolYaml11Tag,
  { ...intYaml11Tag, resolve: integer },
  { ...floatYaml11Tag, resolve: float },
  mergeTag,
]);

/**
 * Parses one YAML document as the API server's clients do.
 * @throws YAMLException with the line when the text is not YAML or a key stands twice.
 */
export function parseYaml(text: string): unknown {
  try {
    return load(text, { schema: kubernetesSchema });
  } catch (error) {
    const right = indented(text);
    if (right === undefined) throw error;
    return load(right, { schema: kubernetesSchema });
  }
}

/** A tag whose scalars stay the text that they are where another reader of YAML may take them for something else. */
function asWritten<Value>(
  tag: ScalarTagDefinition<Value>,
  isPlain: (source: string, value: Value) => boolean,
): ScalarTagDefinition<Value> {
  return {
    ...tag,
    resolve: (source, ...rest) => {
      const value = tag.resolve(source, ...rest);
      return value === NOT_RESOLVED || !isPlain(source, value as Value) ? NOT_RESOLVED : value;
    },
  };
}

const canonical = (source: string, value: unknown): boolean => String(value) === source;

const writtenSchema = new Schema([
  ...FAILSAFE_SCHEMA.tags,
  nullYaml11Tag,
  asWritten(boolYaml11Tag, (source) => /^(?:true|false)$/i.test(source)),
  asWritten({ ...intYaml11Tag, resolve: integer }, canonical),
  asWritten({ ...floatYaml11Tag, resolve: float }, canonical),
  mergeTag,
]);

/**
 * Parses one YAML document with the texts of what is a number or a truth to some readers alone, or the same number as another:
 * `yes`, `0755`, `1.10`, integers that a double has not.
 * @throws YAMLException as `parseYaml` does
 */
export function parseYamlAsWritten(text: string): unknown {
  return load(text, { schema: writtenSchema });
}

/** What is tried again at most, in characters: only what people write has the flaw. */
const mostAgain = 2_000_000;

/**
 * A text whose only flaw is that a `]` or `}` stands no deeper than its key, which YAML forbids and Go's parsers (kubectl's,
 * kustomize's) take, with the bracket where it belongs; undefined for a text with another flaw.
 */
function indented(text: string): string | undefined {
  if (text.length > mostAgain || !/^\s*[\]}]/m.test(text)) return undefined;
  // Loaded when something is wrong: hardly any text has the flaw.
  const { parseDocument } = createRequire(import.meta.url)('yaml') as typeof import('yaml');
  const document = parseDocument(text, { schema: 'failsafe' });
  return document.errors.length > 0 ? undefined : document.toString({ lineWidth: 0 });
}
