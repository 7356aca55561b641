import { run } from '@plumbline/validators';

/**
 * The wheels that a requirements file pins by SHA-256, unpacked into a folder, without what they depend on.
 * @throws Error with what pip said, or that there is none.
 */
export async function fetchWheels(requirements: string, into: string): Promise<void> {
  const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--require-hashes', '--only-binary=:all:'];
  const rest = ['--no-compile', '--disable-pip-version-check', '--root-user-action=ignore', '--target', into];
  const fetched = await run('python3', [...args, ...rest, '--requirement', requirements], {
    deadline: 5 * 60_000,
  });
  if (fetched.status !== 0) throw new Error(fetched.stderr.trim());
}

/**
 * The source packages that a requirements file pins by SHA-256, as they come, without what they depend on.
 * @throws Error with what pip said, or that there is none.
 */
export async function fetchSources(requirements: string, into: string): Promise<void> {
  const args = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--require-hashes', '--no-binary=:all:'];
  const rest = ['--disable-pip-version-check', '--dest', into, '--requirement', requirements];
  const fetched = await run('python3', [...args, ...rest], { deadline: 10 * 60_000 });
  if (fetched.status !== 0) throw new Error(fetched.stderr.trim());
}
