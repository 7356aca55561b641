import { UsageError } from '../../validators/usage-error.ts';
import { githubThread } from './github.ts';
import { gitlabThread } from './gitlab.ts';
import type { Thread } from './note.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The thread of the pull or merge request that a job runs for, by the variables that the host sets.
 * @param author who the token is, where the host does not say it: Actions' own unless told.
 * @throws UsageError that says which variable is missing.
 */
export async function threadOf(variables: Variables, author = 'github-actions[bot]'): Promise<Thread> {
  const need = (name: string, of: string): string => {
    const value = variables[name];
    if (value === undefined || value === '') throw new UsageError(`${name} is not set: ${of}`);
    return value;
  };
  if (variables.GITHUB_ACTIONS === 'true') {
    const ref = need('GITHUB_REF', 'GitHub sets it in every job');
    const number = /^refs\/pull\/(\d+)\//.exec(ref)?.[1];
    if (number === undefined) throw new UsageError(`${ref} is no pull request: there is nowhere to comment`);
    return githubThread({
      api: need('GITHUB_API_URL', 'GitHub sets it in every job'),
      repository: need('GITHUB_REPOSITORY', 'GitHub sets it in every job'),
      number: Number(number),
      token: need('GITHUB_TOKEN', 'give the step github.token, and the job pull-requests: write'),
      author,
    });
  }
  if (variables.GITLAB_CI === 'true') {
    return gitlabThread({
      api: need('CI_API_V4_URL', 'GitLab sets it in every job'),
      project: need('CI_MERGE_REQUEST_PROJECT_ID', 'GitLab sets it in pipelines of merge requests'),
      number: Number(need('CI_MERGE_REQUEST_IID', 'GitLab sets it in pipelines of merge requests')),
      token: need('COMMENT_TOKEN', "a project's access token with the scope api, as a masked variable"),
    });
  }
  throw new UsageError('neither GITHUB_ACTIONS nor GITLAB_CI is set: this is a job of neither');
}
