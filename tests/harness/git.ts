import { run } from '@plumbline/validators';

const settings = {
  'user.name': 'Ada',
  'user.email': 'ada@invalid',
  'init.defaultBranch': 'main',
  // Hooks of whoever runs the tests are none of theirs.
  'core.hooksPath': '/dev/null',
} as const;

/** Runs git in a folder, as somebody who can commit. @throws Error with git's own words when it fails */
export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const ran = await run('git', [...given, ...args], { cwd: folder, deadline: 30_000 });
  if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.stderr}`);
  return ran.stdout.toString('utf8').trim();
}
