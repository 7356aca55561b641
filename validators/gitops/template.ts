import { own } from '../own.ts';

/** Parameters of an ApplicationSet's template. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A part of a filled template: a text, or an expression whose value only Argo CD knows. */
export type Part = string | { readonly unknown: string };

/** The value that an expression names: `.path.basename`, `index .metadata.labels "a/b"`, `path.basename` without Go templates. */
function valueNamed(expression: string, parameters: Parameters): string | undefined {
  const form = /^(?:index\s+)?\.?([\w.]+(?:\[\d+\])?)((?:\s+"[^"]+")*)$/.exec(expression.trim());
  if (form === null) return undefined;
  const quoted = [...(form[2] ?? '').matchAll(/"([^"]+)"/g)].map(([, key = '']) => key);
  const flat = own(parameters, form[1] ?? '');
  if (quoted.length === 0 && typeof flat === 'string') return flat;
  let value: unknown = parameters;
  for (const key of [...(form[1] ?? '').replaceAll(/\[(\d+)\]/g, '.$1').split('.'), ...quoted])
    value = typeof value === 'object' && value !== null ? own(value as Parameters, key) : undefined;
  // Without Go templates, a path stands for its own text.
  const whole = (value as Parameters | undefined)?.path;
  const text = typeof value === 'object' && typeof whole === 'string' ? whole : value;
  return ['string', 'number', 'boolean'].includes(typeof text) ? String(text) : undefined;
}

/** A template as its parts, each expression by its value where the parameters have it. */
export function fill(template: string, parameters: Parameters): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of template.matchAll(/\{\{\s*(.*?)\s*\}\}/g)) {
    const value = valueNamed(match[1] ?? '', parameters);
    parts.push(template.slice(at, match.index), value ?? { unknown: match[1] ?? '' });
    at = match.index + match[0].length;
  }
  parts.push(template.slice(at));
  return parts;
}

/** A filled template as text; undefined while something in it is not known. */
export function textOf(parts: readonly Part[]): string | undefined {
  return parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
}

/** The label of a cluster that an expression names; undefined for any other expression. */
export function labelIn(expression: string): string | undefined {
  return (
    /^index\s+\.metadata\.labels\s+"([^"]+)"$/.exec(expression)?.[1] ??
    /^\.?metadata\.labels\.([\w./-]+)$/.exec(expression)?.[1]
  );
}
