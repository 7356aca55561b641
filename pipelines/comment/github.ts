import { ask, askAll } from './ask.ts';
import type { Thread } from './note.ts';

export interface GitHubPullRequest {
  /** `https://api.github.com`, or an enterprise server's. */
  readonly api: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly number: number;
  readonly token: string;
  /** Who the token is. */
  readonly author: string;
}

/**
 * The comments of a pull request on GitHub.
 * Source: docs.github.com, "REST API endpoints for issue comments".
 */
export function githubThread({ api, repository, number, token, author }: GitHubPullRequest): Thread {
  const headers = {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
    'x-github-api-version': '2022-11-28',
    'user-agent': 'plumbline',
  };
  const issues = `${api}/repos/${repository}/issues`;
  return {
    author,
    longest: 65_536,
    async list() {
      const all = (await askAll(`${issues}/${number}/comments`, headers)) as GitHubComment[];
      return all.map(({ id, user, body }) => ({ id, author: user?.login ?? '', body: body ?? '' }));
    },
    async create(body) {
      await ask('POST', `${issues}/${number}/comments`, headers, { body });
    },
    async update(id, body) {
      await ask('PATCH', `${issues}/comments/${id}`, headers, { body });
    },
  };
}

interface GitHubComment {
  readonly id: number;
  readonly user?: { readonly login?: string } | null;
  readonly body?: string | null;
}
