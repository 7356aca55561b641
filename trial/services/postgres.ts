import { cp, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type PostgresPrograms, postgresPrograms } from '../downloads/postgres.ts';
import { podContainer } from '../overlay/container.ts';
import { workloadOf } from '../overlay/system.ts';
import { freePort } from '../process/free-port.ts';
import { finished, lastWords } from '../process/start.ts';
import { type RunningContainer, runContainer, type StandIn } from '../run-container.ts';
import type { Trial } from '../trial.ts';
import { until } from '../until.ts';

/** A server, prepared and configured by the system's own manifests. */
export interface Postgres {
  readonly port: number;
  readonly server: () => RunningContainer;
  /** Starts the server again (its `prepare` first, as a pod would); the old one must have ended. */
  readonly startServer: () => Promise<void>;
  /** The folder of psql and its likes. */
  readonly bin: string | undefined;
}

export interface PostgresOptions {
  /** The StatefulSet. */
  readonly name: string;
  /** Which pod of it. */
  readonly index?: number;
}

/**
 * Prepares and starts one server from a rendered StatefulSet, and awaits its readiness probe. The first pod's address
 * is the Service's; a further one follows it, where the overlay has standbys.
 */
export async function startPostgres(trial: Trial, { name, index = 0 }: PostgresOptions): Promise<Postgres> {
  const { system, addresses } = trial;
  const workload = workloadOf(system, 'StatefulSet', name);
  const image = podContainer(system, workload).image;
  const programs =
    trial.engine === 'docker'
      ? undefined
      : await postgresPrograms(Number.parseInt(image.split(':')[1] ?? '', 10), trial.say);
  let standIns = standInOf.get(trial);
  if (standIns === undefined) {
    standIns = postgresStandIn(trial, programs);
    standInOf.set(trial, standIns);
  }
  const standIn = await standIns;
  const port = await freePort();
  if (index === 0) addresses.set(`${name}:5432`, `127.0.0.1:${port}`);
  const edit = (text: string, path: string) => {
    if (trial.engine === 'docker') return text;
    // The image's user is named postgres, and ours may not be: who runs the server is its superuser.
    if (path.endsWith('/pg_hba.conf')) return text.replace(/^(local .* postgres +peer)$/m, '$1 map=here');
    if (path.endsWith('/postgresql.conf'))
      return `${text}\nident_file = '${join(trial.folder, 'ident.conf')}'\n`;
    return text;
  };
  const prepare = podContainer(system, workload, { index, container: 'prepare' });
  const container = podContainer(system, workload, { index });
  const args = [`--port=${port}`, '--listen-addresses=127.0.0.1'];
  const ready = workload.containers.find(({ role }) => role === 'main')?.spec.readinessProbe?.exec?.command;
  let server: RunningContainer | undefined;
  const startServer = async () => {
    await finished(await runContainer(trial, prepare, { edit, standIn }), 120_000);
    const started = await runContainer(trial, container, { edit, standIn, args });
    server = started;
    await until(
      async () => {
        if (started.state() !== undefined) return true;
        return (await started.exec(ready ?? [], { PGPORT: String(port) })) === 0;
      },
      { deadline: 90_000, what: `${container.pod} on port ${port}` },
    );
    if (started.state() !== undefined)
      throw new Error(`${container.pod} ended at its start:\n${lastWords(started)}`);
  };
  await startServer();
  return {
    port,
    startServer,
    bin: standIn.bin[0],
    server() {
      if (server === undefined) throw new Error(`${container.pod} was not started`);
      return server;
    },
  };
}

/** One for all servers of a trial: two that start at a time would copy the same programs into one folder. */
const standInOf = new WeakMap<Trial, Promise<StandIn>>();

/** Commands that the manifests call and that the machine's system lacks. */
const lacking =
  process.platform === 'linux' ? [] : [join(import.meta.dirname, '..', 'stand-ins', 'postgres')];

/** PostgreSQL refuses to run as root: then it runs as the user postgres, or nobody where there is none. */
async function postgresStandIn(trial: Trial, programs: PostgresPrograms | undefined): Promise<StandIn> {
  if (programs === undefined) return { bin: [] };
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? await serverUser() : undefined;
  const ident = join(trial.folder, 'ident.conf');
  await writeFile(ident, `here ${user?.name ?? userInfo().username} postgres\n`, { mode: 0o644 });
  if (user === undefined) return { bin: [programs.bin, ...lacking] };
  const asUser = { uid: user.uid, gid: user.gid };
  if (programs.home === undefined) return { bin: [programs.bin, ...lacking], user: asUser };
  // That user may not be able to read the folder of downloads.
  const home = join(trial.folder, 'programs');
  await cp(programs.home, home, { recursive: true });
  return { bin: [join(home, 'bin'), ...lacking], user: asUser };
}

async function serverUser(): Promise<{ name: string; uid: number; gid: number }> {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const found = users.find(([name]) => name === wanted);
    if (found !== undefined) return { name: wanted, uid: Number(found[2]), gid: Number(found[3]) };
  }
  throw new Error(
    'neither postgres nor nobody is a user of this machine: run the tests as another user than root',
  );
}
