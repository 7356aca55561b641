import { outOfShape, refused } from '../api-server/refused.ts';
import { dataKey } from '../api-server/shapes.ts';
import { own } from '../own.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Problem, Rule } from './rule.ts';

/** The most that the values of a ConfigMap or a Secret may take together, in bytes. */
const most = 1024 * 1024;
/** The most that annotations may take, in bytes: `kubectl apply` keeps the whole object in one. */
const mostOfAnnotations = 256 * 1024;

type Values = Readonly<Record<string, unknown>>;

function bytesOf(value: unknown, base64: boolean): Buffer {
  return Buffer.from(typeof value === 'string' ? value : '', base64 ? 'base64' : 'utf8');
}

function* keysOf(object: KubernetesObject, field: string, values: Values): Iterable<Problem> {
  for (const key of Object.keys(values))
    yield* outOfShape(object, `${field}["${key}"]`, 'the key', key, dataKey);
}

function* tooLarge(object: KubernetesObject, path: string, size: number): Iterable<Problem> {
  if (size > most) {
    yield refused(object, path, `the values take ${size} bytes and may take ${most}`);
    return;
  }
  // What is written around the values is little.
  if (size < mostOfAnnotations / 4) return;
  const whole = Buffer.byteLength(JSON.stringify(object));
  if (whole <= mostOfAnnotations) return;
  yield {
    object,
    path,
    severity: 'warning',
    message:
      `the whole takes ${whole} bytes, and kubectl apply keeps it in an annotation, which may take ${mostOfAnnotations}: ` +
      'only kubectl apply --server-side could apply it',
  };
}

function* inConfigMap(object: KubernetesObject): Iterable<Problem> {
  const { data = {}, binaryData = {} } = object as { readonly data?: Values; readonly binaryData?: Values };
  yield* keysOf(object, 'data', data);
  yield* keysOf(object, 'binaryData', binaryData);
  for (const key of Object.keys(data)) {
    if (Object.hasOwn(binaryData, key))
      yield refused(object, `data["${key}"]`, `the key ${key} is in binaryData too`);
  }
  let size = 0;
  for (const value of Object.values(data)) size += bytesOf(value, false).length;
  for (const value of Object.values(binaryData)) size += bytesOf(value, true).length;
  yield* tooLarge(object, size > 0 && Object.keys(data).length === 0 ? 'binaryData' : 'data', size);
}

/** The keys that a Secret of a type must have. */
const keysOfType: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

function* inSecret(object: KubernetesObject): Iterable<Problem> {
  const {
    data = {},
    stringData = {},
    type = 'Opaque',
  } = object as {
    readonly data?: Values;
    readonly stringData?: Values;
    readonly type?: string;
  };
  yield* keysOf(object, 'data', data);
  yield* keysOf(object, 'stringData', stringData);
  const values = new Map<string, Buffer>();
  for (const [key, value] of Object.entries(data)) values.set(key, bytesOf(value, true));
  for (const [key, value] of Object.entries(stringData)) values.set(key, bytesOf(value, false));
  yield* tooLarge(
    object,
    Object.keys(data).length > 0 ? 'data' : 'stringData',
    [...values.values()].reduce((sum, { length }) => sum + length, 0),
  );
  for (const key of own(keysOfType, type) ?? []) {
    const value = values.get(key);
    if (value === undefined)
      yield refused(object, 'type', `a Secret of type ${type} must have the key ${key}`);
    else if (key.startsWith('.') && !isJsonObject(value))
      yield refused(object, `data["${key}"]`, `${key} must be a JSON object`);
  }
  if (type === 'kubernetes.io/basic-auth' && !values.has('username') && !values.has('password'))
    yield refused(object, 'type', `a Secret of type ${type} must have the key username or password`);
  const account = 'kubernetes.io/service-account.name';
  if (type === 'kubernetes.io/service-account-token' && !object.metadata.annotations?.[account])
    yield refused(
      object,
      'type',
      `a Secret of type ${type} must name its account in the annotation ${account}`,
    );
}

function isJsonObject(bytes: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** A ConfigMap or a Secret has keys, a size or a type that the API server does not take. */
export const configurationRefused: Rule = {
  id: 'configuration-refused',
  severity: 'error',
  family: 'api server',
  title: 'a ConfigMap or a Secret has a key, a size or a type that the API server refuses',
  *check({ model }) {
    for (const object of model.all('', 'ConfigMap')) yield* inConfigMap(object);
    for (const object of model.all('', 'Secret')) yield* inSecret(object);
  },
};
