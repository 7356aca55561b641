import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import type { KubernetesObject } from '@plumbline/validators';
import { parse } from 'yaml';

/**
 * The API server without kubectl, whose every start costs a third of a second of a processor: for what is asked again and
 * again. What a person would do is done with kubectl.
 */
export interface Api {
  /** The live objects of a collection. @throws Error with the server's words */
  readonly list: (path: string) => Promise<KubernetesObject[]>;
  /** Why the server would not make an object; undefined when it would. Nothing is made. */
  readonly refusal: (object: KubernetesObject) => Promise<string | undefined>;
  readonly close: () => void;
}

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
  readonly users: readonly {
    readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string };
  }[];
}

interface Resources {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Reads how to reach the server, and as whom, from a kubeconfig. @param file absolute */
export async function apiOf(file: string): Promise<Api> {
  const { clusters, users } = parse(await readFile(file, 'utf8')) as Kubeconfig;
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
  if (cluster === undefined || user === undefined) throw new Error(`${file} names no cluster or no user`);
  const decoded = (text: string) => Buffer.from(text, 'base64');
  const agent = new Agent({
    keepAlive: true,
    ca: decoded(cluster['certificate-authority-data']),
    cert: decoded(user['client-certificate-data']),
    key: decoded(user['client-key-data']),
  });
  const send = (method: string, path: string, body?: object) =>
    new Promise<Answer>((resolve, reject) => {
      const headers = { accept: 'application/json', 'content-type': 'application/json' };
      const options = { method, agent, headers, timeout: 60_000 };
      const asked = request(new URL(path, cluster.server), options, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          const isJson = response.headers['content-type']?.includes('json') === true;
          resolve({
            status: response.statusCode ?? 0,
            body: isJson ? JSON.parse(text) : { message: text.trim() },
          });
        });
      });
      asked.on('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer within a minute`)));
      asked.on('error', reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const messageOf = ({ body, status }: Answer) =>
    (body as { message?: string }).message ?? `status ${status}`;
  const served = new Map<string, Promise<Answer>>();
  const resourcesOf = (version: string) => {
    const path = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
    const known = served.get(path) ?? send('GET', path);
    served.set(path, known);
    return known;
  };
  return {
    async list(path) {
      const answer = await send('GET', path);
      if (answer.status !== 200) throw new Error(`GET ${path}: ${messageOf(answer)}`);
      const { kind, items } = answer.body as { kind: string; items: KubernetesObject[] };
      return items.map((item) => ({ ...item, kind: kind.replace(/List$/, '') }));
    },
    async refusal(object) {
      const { apiVersion, kind, metadata } = object;
      const known = await resourcesOf(apiVersion);
      if (known.status !== 200) return `no matches for kind ${kind} in version ${apiVersion}`;
      const resource = (known.body as Resources).resources.find(
        (one) => one.kind === kind && !one.name.includes('/'),
      );
      if (resource === undefined) return `no matches for kind ${kind} in version ${apiVersion}`;
      const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      const place = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
      const path = `${root}${place}/${resource.name}?dryRun=All&fieldValidation=Strict`;
      const answer = await send('POST', path, object);
      return answer.status === 201 ? undefined : messageOf(answer);
    },
    close: () => agent.destroy(),
  };
}
