import { backoff } from '../backoff.ts';
import { httpUrl, matching, secret } from '../config.ts';
import { type Credentials, sha256, signedHeaders } from './sign.ts';

/** Where backups go, from the environment. */
export const objectSettings = {
  endpoint: required(httpUrl('OBJECTS_ENDPOINT', 'the store of objects')),
  bucket: matching('OBJECTS_BUCKET', "a bucket's name", /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
  region: matching('OBJECTS_REGION', 'the region of the store', /^[a-z0-9-]+$/, 'us-east-1'),
  prefix: matching(
    'OBJECTS_PREFIX',
    'the folder in the bucket: letters, digits, . _ - and /',
    /^[\w.-]+(?:\/[\w.-]+)*$/,
  ),
  accessKeyId: secret('AWS_ACCESS_KEY_ID', 'the id of the key to the store of objects'),
  secretAccessKey: secret('AWS_SECRET_ACCESS_KEY', 'the key to the store of objects'),
} as const;

export interface ObjectsConfig extends Credentials {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly signal?: AbortSignal;
}

/** A bucket. Each call has a deadline, and is tried again while the store is away. */
export interface Objects {
  /** The store itself holds what arrives against the checksum. */
  readonly put: (key: string, content: Blob | string, bodySha256: string) => Promise<void>;
  /** @throws ObjectsError of status 404 where there is none */
  readonly get: (key: string) => Promise<Uint8Array>;
  /** All keys that begin so, in order. */
  readonly list: (prefix: string) => Promise<string[]>;
  readonly remove: (key: string) => Promise<void>;
}

/** An answer of the store that is none to go on with. */
export class ObjectsError extends Error {
  override readonly name = 'ObjectsError';
  readonly status: number;

  constructor(what: string, status: number, answer: string) {
    super(`${what}: the store of objects answered ${status} ${answer.slice(0, 300)}`.trim());
    this.status = status;
  }
}

const attempts = 6;
const deadline = 300_000;
const nothing = sha256('');

/** Opens a bucket of a store that speaks S3; asks nothing yet. */
export function openObjects(config: ObjectsConfig): Objects {
  const { endpoint, bucket, region, signal = new AbortController().signal } = config;
  const ask = async (method: string, path: string, body: Blob | string | undefined, bodySha256: string) => {
    const url = new URL(`${endpoint.replace(/\/$/, '')}/${bucket}${path}`);
    const wait = backoff(200, 5000);
    for (;;) {
      const last = wait.attempts() >= attempts - 1;
      try {
        const headers = signedHeaders({ method, url, bodySha256 }, config, region, new Date());
        const answer = await fetch(url, {
          ...{ method, headers },
          signal: AbortSignal.any([signal, AbortSignal.timeout(deadline)]),
          ...(body === undefined ? {} : { body }),
        });
        if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
        const error = new ObjectsError(`${method} ${url.pathname}`, answer.status, await answer.text());
        if (last || (answer.status < 500 && answer.status !== 429)) throw error;
      } catch (error) {
        signal.throwIfAborted();
        if (last || error instanceof ObjectsError) throw error;
      }
      await wait.wait(signal);
    }
  };
  const path = (key: string) => `/${key.split('/').map(encodeURIComponent).join('/')}`;
  return {
    async put(key, content, bodySha256) {
      await ask('PUT', path(key), content, bodySha256);
    },
    get: (key) => ask('GET', path(key), undefined, nothing),
    async list(prefix) {
      const keys: string[] = [];
      let more: string | undefined;
      do {
        const query = new URLSearchParams({ 'list-type': '2', prefix });
        if (more !== undefined) query.set('continuation-token', more);
        const text = new TextDecoder().decode(await ask('GET', `/?${query}`, undefined, nothing));
        for (const [, key = ''] of text.matchAll(/<Key>([^<]*)<\/Key>/g)) keys.push(key);
        [, more] = /<NextContinuationToken>([^<]+)</.exec(text) ?? [];
      } while (more !== undefined);
      return keys.sort();
    },
    async remove(key) {
      await ask('DELETE', path(key), undefined, nothing);
    },
  };
}

function required<Value>({
  fallback: _,
  ...setting
}: {
  readonly fallback?: Value;
  readonly name: string;
  readonly takes: string;
  readonly parse: (text: string) => Value | undefined;
}) {
  return setting;
}
