import type { KubernetesObject, RenderedObject } from '../render/objects.ts';
import { didYouMean } from '../text/nearest.ts';
import { fieldsAt } from './fields.ts';
import { type SchemaOptions, type Verdict, verdictsOf } from './kubeconform.ts';
import { readSchemaIndex, type SchemaIndex } from './schema-index.ts';
import { surelyFits } from './surely-fits.ts';

/** One way in which an object does not fit its schema. */
export interface SchemaError {
  /** Where in the object, as `spec.template.spec.containers[0].image`; empty for the object as a whole. */
  readonly path: string;
  /** What is wrong and the way out. */
  readonly message: string;
}

/**
 * Validates objects strictly against the vendored schemas, in one run of kubeconform for all that do not fit beyond doubt.
 *
 * The result holds, for each object's digest, what is wrong with it: an empty list for a valid one. A kind
 * without a schema is an error like any other; nothing is skipped and nothing is fetched.
 * @throws Error when kubeconform cannot be run, or did not judge each object that it was given.
 */
export async function validateSchemas(
  objects: readonly RenderedObject[],
  options: SchemaOptions,
): Promise<Map<string, readonly SchemaError[]>> {
  const errors = new Map<string, readonly SchemaError[]>();
  const asked: RenderedObject[] = [];
  for (const object of objects) {
    if (surelyFits(object)) errors.set(object.digest, []);
    else asked.push(object);
  }
  if (asked.length === 0) return errors;
  const [verdicts, index] = await Promise.all([verdictsOf(asked, options), readSchemaIndex()]);
  for (const object of asked) {
    const verdict = verdicts.get(object.digest);
    if (verdict === undefined) continue;
    errors.set(
      object.digest,
      verdict.status === 'statusValid' ? [] : await explain(verdict, object, index, options.foreign === true),
    );
  }
  const unjudged = asked.filter((object) => !errors.has(object.digest));
  if (unjudged.length > 0) {
    throw new Error(`kubeconform did not judge ${unjudged.length} of ${asked.length} objects`);
  }
  return errors;
}

async function explain(
  verdict: Verdict,
  { object }: RenderedObject,
  index: SchemaIndex,
  foreign: boolean,
): Promise<SchemaError[]> {
  const { apiVersion, kind } = object;
  if (verdict.msg.startsWith('could not find schema')) {
    return [{ path: 'apiVersion', message: unknownKind(apiVersion, kind, index, foreign) }];
  }
  const parts = [...verdict.msg.matchAll(/- at '([^']*)': (.*?)(?=\s+- at '|$)/gs)];
  const leaves = parts
    .map(([, pointer = '', message = '']) => ({ pointer, message: message.trim() }))
    .filter(
      ({ message }) => message !== 'validation failed' && !/^(?:allOf|anyOf|oneOf) failed/.test(message),
    );
  if (leaves.length === 0) return [{ path: '', message: verdict.msg }];
  const errors = await Promise.all(
    leaves.map(({ pointer, message }) =>
      pointer === '/apiVersion'
        ? [{ path: 'apiVersion', message: unknownKind(apiVersion, kind, index, foreign) }]
        : explainLeaf(object, pointer, message),
    ),
  );
  return errors.flat();
}

/** One of the validator's own sentences, in words that name the field, what is allowed there, and what would happen. */
async function explainLeaf(
  object: KubernetesObject,
  pointer: string,
  message: string,
): Promise<SchemaError[]> {
  const path = pathOf(pointer);
  if (/^additional propert(?:y|ies) /.test(message)) {
    const allowed = await fieldsAt(object.apiVersion, object.kind, pointer);
    return quoted(message).map((field) => ({
      path: path === '' ? field : `${path}.${field}`,
      message:
        `there is no field ${field} in ${path || object.kind}${didYouMean(field, allowed)}: ` +
        'the API server would refuse it, or drop it without a word',
    }));
  }
  if (/^missing propert(?:y|ies) /.test(message)) {
    return quoted(message).map((field) => ({
      path,
      message: `the field ${field} is missing: the API server would refuse the object`,
    }));
  }
  const wanted = /^got (\S+), want (.+)$/.exec(message);
  if (wanted !== null) {
    return [
      {
        path,
        message: `this is ${typed(wanted[1])} and must be ${typed(wanted[2])}: the API server would refuse the object`,
      },
    ];
  }
  // An optional field may also be empty or absent, which helps nobody to find the right word.
  return [{ path, message: message.replace(/, ''(?=,|$)|, <nil>(?=,|$)/g, '') }];
}

/** `number` as `a number`, `null or object` as `an object`: an optional field may be null, which helps nobody. */
function typed(types = ''): string {
  return types
    .split(/ or |, /)
    .filter((type) => type !== 'null' || types === 'null')
    .map((type) => (type === 'null' ? 'null' : `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`))
    .join(' or ');
}

function quoted(message: string): string[] {
  return [...message.matchAll(/'([^']+)'/g)].map(([, word = '']) => word);
}

function unknownKind(apiVersion: string, kind: string, index: SchemaIndex, foreign: boolean): string {
  const versions = index.kinds
    .filter((entry) => entry.kind === kind)
    .map((entry) => (entry.group === '' ? entry.version : `${entry.group}/${entry.version}`));
  if (versions.length > 0) {
    return `${apiVersion} has no ${kind}; it is in ${versions.join(', ')}: the API server would refuse the object`;
  }
  const kinds = index.kinds.map((entry) => entry.kind);
  const there = `there is no schema for ${apiVersion} ${kind}${didYouMean(kind, kinds)}: mend the kind`;
  return foreign
    ? `${there} where it is mistyped; a kind that your cluster serves all the same cannot be validated by the schemas at hand`
    : `${there}, or add its CRD to validators/schemas/sources.yaml and run npm run schemas`;
}

/** `/spec/containers/0/name` as `spec.containers[0].name`. */
export function pathOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : /^[\w-]+$/.test(part) ? `.${part}` : `["${part}"]`))
    .join('')
    .replace(/^\./, '');
}
