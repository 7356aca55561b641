import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A comment as the stand-in keeps it. */
export interface Kept {
  readonly id: number;
  readonly author: string;
  body: string;
  readonly system?: boolean;
}

/** A stand-in for a host's API of comments, on the loopback. */
export interface Host extends AsyncDisposable {
  readonly url: string;
  readonly kept: Kept[];
  /** `POST /repos/…`, in order. */
  readonly asked: string[];
  /** What the next requests that match are answered instead, each once; `after` does it first. */
  readonly failures: { readonly match: RegExp; readonly status: number; readonly after?: boolean }[];
}

interface Dialect {
  readonly allowed: (request: IncomingMessage) => boolean;
  readonly list: RegExp;
  readonly one: RegExp;
  readonly update: 'PATCH' | 'PUT';
  readonly self: string;
  readonly show: (kept: Kept) => unknown;
}

/** Source: docs.github.com, "REST API endpoints for issue comments". */
const github: Dialect = {
  allowed: ({ headers }) =>
    headers.authorization === 'Bearer secret' && headers['x-github-api-version'] === '2022-11-28',
  list: /^\/repos\/team\/shop\/issues\/7\/comments$/,
  one: /^\/repos\/team\/shop\/issues\/comments\/(\d+)$/,
  update: 'PATCH',
  self: 'github-actions[bot]',
  show: ({ id, author, body }) => ({ id, body, user: { login: author, type: 'Bot' } }),
};

/** Source: docs.gitlab.com, "Notes API". */
const gitlab: Dialect = {
  allowed: ({ headers }) => headers['private-token'] === 'secret',
  list: /^\/projects\/42\/merge_requests\/7\/notes$/,
  one: /^\/projects\/42\/merge_requests\/7\/notes\/(\d+)$/,
  update: 'PUT',
  self: 'project_42_bot',
  show: ({ id, author, body, system = false }) => ({ id, body, system, author: { username: author } }),
};

/** Starts a stand-in that knows one thread, and answers all else with 404. */
export async function startHost(name: 'github' | 'gitlab'): Promise<Host> {
  const dialect = name === 'github' ? github : gitlab;
  const kept: Kept[] = [];
  const asked: string[] = [];
  const failures: Host['failures'] = [];
  const answer = (method: string, url: URL, text: string): [number, unknown] => {
    if (method === 'GET' && url.pathname === '/user' && name === 'gitlab')
      return [200, { username: dialect.self }];
    const id = dialect.one.exec(url.pathname)?.[1];
    if (method === dialect.update && id !== undefined) {
      const found = kept.find((one) => one.id === Number(id));
      if (found === undefined) return [404, { message: 'Not Found' }];
      found.body = (JSON.parse(text) as { body: string }).body;
      return [200, dialect.show(found)];
    }
    if (!dialect.list.test(url.pathname)) return [404, { message: 'Not Found' }];
    if (method === 'POST') {
      const { body } = JSON.parse(text) as { body: string };
      const made = { id: kept.length + 1, author: dialect.self, body };
      kept.push(made);
      return [201, dialect.show(made)];
    }
    const size = Number(url.searchParams.get('per_page') ?? 20);
    const from = (Number(url.searchParams.get('page') ?? 1) - 1) * size;
    return [200, kept.slice(from, from + size).map(dialect.show)];
  };
  const server = createServer(async (request, response) => {
    const text = (await Array.fromAsync(request)).join('');
    const url = new URL(request.url ?? '/', 'http://host');
    const line = `${request.method} ${url.pathname}${url.search}`;
    asked.push(line);
    const index = failures.findIndex(({ match }) => match.test(line));
    const [failure] = index < 0 ? [] : failures.splice(index, 1);
    const send = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (!dialect.allowed(request)) return send(401, { message: 'Bad credentials' });
    if (failure === undefined || failure.after === true) {
      const [status, value] = answer(request.method ?? '', url, text);
      if (failure === undefined) return send(status, value);
    }
    return send(failure?.status ?? 500, { message: 'out of order' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    kept,
    asked,
    failures,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The variables that a host sets in a job of pull request 7. */
export function variablesOf(name: 'github' | 'gitlab', url: string): Record<string, string> {
  return name === 'github'
    ? {
        GITHUB_ACTIONS: 'true',
        GITHUB_API_URL: url,
        GITHUB_REPOSITORY: 'team/shop',
        GITHUB_REF: 'refs/pull/7/merge',
        GITHUB_TOKEN: 'secret',
      }
    : {
        GITLAB_CI: 'true',
        CI_API_V4_URL: url,
        CI_MERGE_REQUEST_PROJECT_ID: '42',
        CI_MERGE_REQUEST_IID: '7',
        COMMENT_TOKEN: 'secret',
      };
}
