import type { KubernetesObject } from '../render/objects.ts';
import type { Problem } from '../rules/rule.ts';
import { dataKey, dnsSubdomain, type Shape, suchAs } from './shapes.ts';

/** A field that keeps the API server from taking the object: what is wrong with it, and what happens then. */
export function refused(object: KubernetesObject, path: string, what: string): Problem {
  return { object, path, message: `${what}: the API server would refuse the ${object.kind}` };
}

/** True for a text that something still fills in after the render: Flux's `${NAME}`, kustomize's `$(NAME)`. */
export function isPlaceholder(text: string): boolean {
  return /\$\{[^}]*\}|\$\([\w.-]+\)/.test(text);
}

/** A text that is not in the shape that its place asks; nothing where it is. */
export function* outOfShape(
  object: KubernetesObject,
  path: string,
  what: string,
  text: unknown,
  wanted: Shape,
): Iterable<Problem> {
  if (typeof text !== 'string' || isPlaceholder(text)) return;
  const wrong = wanted(text);
  if (wrong === undefined) return;
  if (text === '') {
    yield refused(object, path, `${what} is empty`);
    return;
  }
  const shown = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  yield refused(object, path, `${what} "${shown}" ${wrong}${suchAs(text, wanted)}`);
}

/** Of a thing that is to hold exactly one of some fields, those that it holds. */
export function held(thing: object, fields: readonly string[]): string[] {
  return fields.filter((field) => {
    const value = (thing as Readonly<Record<string, unknown>>)[field];
    return value !== undefined && value !== null;
  });
}

/** A number or a percentage, as rolling updates and budgets have it; undefined for what is neither. */
export function amountOf(value: unknown): { readonly number: number; readonly percent: boolean } | undefined {
  if (typeof value === 'number') return { number: value, percent: false };
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value) : null;
  return percent === null ? undefined : { number: Number(percent[1]), percent: true };
}

/** What is wrong with an amount of pods that may be a percentage; undefined for one that is right or left out. */
export function wrongAmount(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const amount = amountOf(value);
  if (amount === undefined) return 'is neither a number nor a percentage';
  if (amount.number < 0) return 'is below 0';
  return amount.percent && amount.number > 100 ? 'is more than 100%' : undefined;
}

/** What is wrong with a thing that is to have exactly one source, and has none or several. */
export function* exactlyOne(
  object: KubernetesObject,
  path: string,
  what: string,
  sources: readonly string[],
  choice: readonly string[],
): Iterable<Problem> {
  if (sources.length === 1) return;
  const few = `${what} has no source: one of ${choice.join(', ')} is missing`;
  const many = `${what} has ${sources.length} sources, ${sources.join(' and ')}, and may have one`;
  yield refused(object, path, sources.length === 0 ? few : many);
}

interface Reference {
  readonly name?: string | undefined;
  readonly key?: string | undefined;
}

/** What is wrong with a variable's references to a ConfigMap or a Secret, by the fields that hold them. */
export function* inReferences(object: KubernetesObject, path: string, holder: object): Iterable<Problem> {
  for (const field of ['configMapKeyRef', 'secretKeyRef', 'configMapRef', 'secretRef']) {
    const reference = (holder as Readonly<Record<string, Reference | null | undefined>>)[field];
    if (!reference) continue;
    const what = field.startsWith('config') ? 'the ConfigMap' : 'the Secret';
    yield* outOfShape(object, `${path}.${field}.name`, what, reference.name ?? '', dnsSubdomain);
    if (field.endsWith('KeyRef'))
      yield* outOfShape(object, `${path}.${field}.key`, 'the key', reference.key ?? '', dataKey);
  }
}
