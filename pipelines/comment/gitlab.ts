import { ask, askAll } from './ask.ts';
import type { Thread } from './note.ts';

export interface GitLabMergeRequest {
  /** `https://gitlab.example.com/api/v4`. */
  readonly api: string;
  /** The project's number. */
  readonly project: string;
  /** The merge request's number in the project. */
  readonly number: number;
  readonly token: string;
}

/**
 * The notes of a merge request on GitLab; the token's own user is asked for.
 * Source: docs.gitlab.com, "Notes API".
 */
export async function gitlabThread({ api, project, number, token }: GitLabMergeRequest): Promise<Thread> {
  const headers = { 'private-token': token };
  const notes = `${api}/projects/${encodeURIComponent(project)}/merge_requests/${number}/notes`;
  const { username = '' } = (await ask('GET', `${api}/user`, headers)) as { username?: string };
  return {
    author: username,
    longest: 1_000_000,
    async list() {
      const all = (await askAll(`${notes}?sort=asc&order_by=created_at`, headers)) as GitLabNote[];
      return all
        .filter(({ system }) => system !== true)
        .map(({ id, author, body }) => ({ id, author: author?.username ?? '', body: body ?? '' }));
    },
    async create(body) {
      await ask('POST', notes, headers, { body });
    },
    async update(id, body) {
      await ask('PUT', `${notes}/${id}`, headers, { body });
    },
  };
}

interface GitLabNote {
  readonly id: number;
  /** GitLab's own word on what happened. */
  readonly system?: boolean;
  readonly author?: { readonly username?: string } | null;
  readonly body?: string | null;
}
