import { readFile } from 'node:fs/promises';
import { postOnce, threadOf } from '../pipelines/comment/index.ts';
// By their own files: the job that may comment installs no package.
import { readArguments } from '../validators/command/arguments.ts';
import { main } from '../validators/command/main.ts';
import { UsageError } from '../validators/usage-error.ts';

const help = `Usage: npm run comment -- FILE [--name NAME] [--author LOGIN]

Puts a Markdown file into the pull or merge request that a job of GitHub Actions or GitLab CI runs for, as one comment: the
next time it is written over. It is known by a hidden marker at its beginning and by who wrote it.

  --name NAME     tells several such comments apart (default: diff)
  --author LOGIN  who GitHub's token is (default: github-actions[bot])
  --help          show this

It reads GITHUB_TOKEN with GITHUB_REPOSITORY, GITHUB_REF and GITHUB_API_URL, or COMMENT_TOKEN with CI_API_V4_URL,
CI_MERGE_REQUEST_PROJECT_ID and CI_MERGE_REQUEST_IID; all but the token are set by the host. With Node 24 or newer
"node scripts/comment.ts" does the same without installing anything.

Exit codes: 0 it stands there; 2 it could not be put there.
`;

await main(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: {
      name: { type: 'string', default: 'diff' },
      author: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new UsageError(`name one file\n\n${help}`);
  const name = values.name as string;
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw new UsageError(`--name takes small letters, digits and hyphens, not "${name}"`);
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new UsageError(`${file} cannot be read: ${cause.message}`);
  });
  const done = await postOnce(await threadOf(process.env, values.author), name, text);
  process.stderr.write(`The comment is ${done}\n`);
  return 0;
});
