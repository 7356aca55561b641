import { join } from 'node:path';
import { run, UsageError } from '@plumbline/validators';
import { download } from './store.ts';

/** On two cores that nobody else wants it is built in a minute and a half. */
const deadline = 15 * 60_000;

/**
 * The program of a store of objects that keeps each as a file, built from the Go module that
 * `versitygw-1.8.0/go.mod` pins.
 * @throws UsageError that says what to install.
 */
export async function versitygw(say: (message: string) => void): Promise<string> {
  const from = join(import.meta.dirname, 'versitygw-1.8.0');
  const pins = [join(from, 'go.mod'), join(from, 'go.sum')];
  const folder = await download('versitygw-1.8.0', pins, async (into) => {
    say('Building a store of objects, versitygw 1.8.0, from its Go module (once; a minute or two) ...');
    const build = ['go', 'build', '-buildvcs=false', '-ldflags=-s -w', '-o', join(into, 'versitygw')];
    const built = await run('nice', [...build, 'github.com/versity/versitygw/cmd/versitygw'], {
      cwd: from,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
      deadline,
    }).catch((error: Error) => ({ status: 1, stderr: error.message }));
    if (built.status !== 0)
      throw new UsageError(`versitygw cannot be built: ${built.stderr.trim()}\nInstall Go 1.26 or newer.`);
  });
  return join(folder, 'versitygw');
}
