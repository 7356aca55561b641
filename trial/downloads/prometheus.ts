import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run, UsageError } from '@plumbline/validators';
import { which } from 'zx';
import { aptLock } from '../../scripts/lib/debian-packages.ts';
import { download } from './store.ts';

export interface PrometheusPrograms {
  readonly prometheus: string;
  readonly promtool: string;
}

/** The oldest that the tests are known to run with: Debian's. */
const wanted = 'Prometheus 2.42 or newer';

/**
 * Prometheus and promtool: those of PATH, else Debian's, unpacked and not installed, since its package starts a server.
 * @throws UsageError that says what to install.
 */
export async function prometheusPrograms(say: (message: string) => void): Promise<PrometheusPrograms> {
  const [prometheus, promtool] = await Promise.all([
    which('prometheus', { nothrow: true }),
    which('promtool', { nothrow: true }),
  ]);
  if (prometheus !== null && promtool !== null) return { prometheus, promtool };
  const home = await download('prometheus-debian', [], async (into) => {
    say('Fetching Prometheus from Debian (once) ...');
    await unpack(into);
  });
  const bin = join(home, 'usr', 'bin');
  return { prometheus: join(bin, 'prometheus'), promtool: join(bin, 'promtool') };
}

async function unpack(into: string): Promise<void> {
  const way = `install ${wanted} with promtool (Debian: apt-get download prometheus, as here, or apt-get install prometheus)`;
  const step = async (program: string, ...args: string[]) => {
    const ran = await run(program, args, { cwd: into, deadline: 5 * 60_000 }).catch((error: Error) => error);
    return ran instanceof Error ? ran.message : ran.status === 0 ? undefined : ran.stderr.trim();
  };
  const fetch = () => step('apt-get', '-o', 'Acquire::Retries=3', 'download', 'prometheus');
  let wrong = await fetch();
  // A fresh machine has no list of packages yet.
  if (wrong !== undefined && process.getuid?.() === 0)
    wrong = (await step('flock', ...aptLock, 'apt-get', 'update')) ?? (await fetch());
  wrong ??= await step('sh', '-c', 'dpkg-deb -x prometheus_*.deb .');
  if (wrong !== undefined) throw new UsageError(`Prometheus is not to be had: ${wrong}\n${way}`);
  await step('sh', '-c', 'rm prometheus_*.deb');
  await rm(join(into, 'usr', 'share'), { recursive: true, force: true });
}
