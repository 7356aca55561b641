import { backoff } from '@plumbline/kit';
import { RegistryError } from './errors.ts';

/** A registry of schemas that speaks Confluent's API. */
export interface Registry {
  readonly subjects: () => Promise<readonly string[]>;
  /** The numbers of a subject's versions; none where there is no such subject. */
  readonly versions: (subject: string) => Promise<readonly number[]>;
  /** The id of a schema under a subject; the same for the same schema, however often. @throws RegistryError 409 when it is not compatible */
  readonly register: (subject: string, schema: string) => Promise<number>;
  /** The text of a schema; asked for once, since an id never means another one. @throws RegistryError 404 */
  readonly schema: (id: number) => Promise<string>;
  /** What later versions of a subject are held to. */
  readonly setCompatibility: (subject: string, level: 'BACKWARD') => Promise<void>;
}

export interface RegistryOptions {
  /** Of the API, with its path: `http://schema-registry:8081/apis/ccompat/v7`. */
  readonly url: string;
  /** Milliseconds for one request; 5,000 by default. */
  readonly deadline?: number;
  /** How often a request is made at most while the registry is away; 4 by default. */
  readonly attempts?: number;
  /** Ends the waiting between two attempts. */
  readonly signal?: AbortSignal;
}

const contentType = 'application/vnd.schemaregistry.v1+json';

/** A client of a registry. Every request has a deadline; one that may be answered later is made again, a few times. */
export function connectRegistry(options: RegistryOptions): Registry {
  const { deadline = 5000, attempts = 4, signal = new AbortController().signal } = options;
  const base = options.url.replace(/\/+$/, '');
  const once = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const what = `${method} ${base}${path}`;
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${base}${path}`, {
        method,
        headers: { accept: contentType, 'content-type': contentType },
        signal: AbortSignal.timeout(deadline),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (cause) {
      throw new RegistryError(`${what}: ${reason(cause)}`, undefined, undefined, cause);
    }
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch (cause) {
      // A proxy's page, or the path of another API.
      const status = response.ok ? 502 : response.status;
      throw new RegistryError(`${what} answered ${response.status} and no JSON`, status, undefined, cause);
    }
    if (response.ok) return answer;
    const { error_code: code, message } = answer as { error_code?: number; message?: string };
    throw new RegistryError(`${what} answered ${response.status}: ${message ?? text}`, response.status, code);
  };
  const request = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const waits = backoff(100, 2000);
    for (;;) {
      try {
        return await once(method, path, body);
      } catch (error) {
        const isOver = waits.attempts() + 1 >= attempts || signal.aborted;
        if (isOver || !(error instanceof RegistryError) || !error.isAway) throw error;
        await waits.wait(signal);
      }
    }
  };
  const byId = remembered((id: number) =>
    request('GET', `/schemas/ids/${id}`).then((answer) => (answer as { schema: string }).schema),
  );
  const bySchema = remembered((key: string) => {
    const [subject = '', schema = ''] = JSON.parse(key) as string[];
    return request('POST', `/subjects/${encodeURIComponent(subject)}/versions`, { schema }).then(
      (answer) => (answer as { id: number }).id,
    );
  });
  return {
    subjects: async () => (await request('GET', '/subjects')) as string[],
    async versions(subject) {
      try {
        return (await request('GET', `/subjects/${encodeURIComponent(subject)}/versions`)) as number[];
      } catch (error) {
        if (error instanceof RegistryError && error.status === 404) return [];
        throw error;
      }
    },
    register: (subject, schema) => bySchema(JSON.stringify([subject, schema])),
    schema: byId,
    async setCompatibility(subject, compatibility) {
      await request('PUT', `/config/${encodeURIComponent(subject)}`, { compatibility });
    },
  };
}

/** Asks once for each key, even for several at a time; what failed is asked for again. */
function remembered<Key, Value>(ask: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
  const answers = new Map<Key, Promise<Value>>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = ask(key);
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
    return answer;
  };
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  return error.cause instanceof Error ? error.cause.message : error.message;
}
