import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { type ImageConfig, nc, writeDockerArchive } from '../../../cluster/index.ts';
import { bring } from '../../harness/debian-packages.ts';

/** What stands in for the published images of one system: one image under all their names. */
export interface StandIns {
  /** Begins the archive's name. */
  readonly system: string;
  /** What is assembled, as a person is told: `Kafka, ZooKeeper and PostgreSQL`. */
  readonly about: string;
  /** The names that the manifests use, in full. */
  readonly names: readonly string[];
  /** Debian's packages in it. */
  readonly packages: readonly string[];
  /** Users of the image, as lines of /etc/passwd without the shell. */
  readonly users: readonly string[];
  /** Files and folders that it is made of, absolute: with them the image changes. */
  readonly sources: readonly string[];
  /** Commands that laying it takes, by Debian's package of each. */
  readonly commands: Readonly<Record<string, string>>;
  /** Lays into the Debian what no package of it has. */
  readonly lay: (rootfs: string, say: (message: string) => void) => Promise<void>;
  readonly config: ImageConfig;
}

const debianSources = '/etc/apt/sources.list.d/debian.sources';
// Java's package links pages of its manual, and wants their folder.
const unwanted = ['doc', 'locale', 'info', 'lintian'];

/**
 * Assembles stand-ins; README.md beside this says what is real in them.
 * @param folder where archives are kept, absolute
 * @returns the archive
 * @throws Error when a package is not to be had.
 */
export async function assemble(
  standIns: StandIns,
  folder: string,
  say: (message: string) => void,
): Promise<string> {
  const { system, about, names, config } = standIns;
  await mkdir(folder, { recursive: true });
  const archive = join(folder, `${system}-${await digest(standIns)}.tar`);
  if (existsSync(archive)) return archive;
  const missing = await bring({ mmdebstrap: 'mmdebstrap', ...standIns.commands });
  if (missing !== undefined) throw new Error(missing);
  const rootfs = await mkdtemp(join(folder, 'rootfs-'));
  try {
    say(`Assembling the stand-ins for the images of ${about} (once) ...`);
    await layDebian(rootfs, standIns);
    await standIns.lay(rootfs, say);
    await writeDockerArchive({ names, rootfs, config }, archive);
  } finally {
    await rm(rootfs, { recursive: true, force: true });
  }
  return archive;
}

/** Of everything that makes the image; what it is assembled from is pinned in these files. */
async function digest({ sources, packages, names }: StandIns): Promise<string> {
  const hash = createHash('sha256').update(process.arch);
  hash.update(JSON.stringify([names, packages])).update(await readFile(import.meta.filename));
  for (const source of sources) {
    for (const file of await filesOf(source)) hash.update('\0').update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesOf(source: string): Promise<string[]> {
  if ((await stat(source)).isFile()) return [source];
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Runs a command of many minutes at most. @throws Error with its last words when it fails. */
export async function must(command: string, args: readonly string[]): Promise<void> {
  const done = await run(command, args, { deadline: 15 * 60_000 });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr.slice(-2000)}`);
}

async function layDebian(rootfs: string, { packages, users }: StandIns): Promise<void> {
  await must('mmdebstrap', [
    '--variant=essential',
    '--format=directory',
    `--include=${packages.join(',')}`,
    '--aptopt=Acquire::Retries "3"',
    ...unwanted.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    'bookworm',
    rootfs,
    ...(existsSync(debianSources) ? [debianSources] : []),
  ]);
  await chmod(rootfs, 0o755);
  await appendFile(join(rootfs, 'etc/passwd'), users.map((user) => `${user}:/bin/bash\n`).join(''));
  const groups = users.map((user) => user.split(':')).map(([name, , , group]) => `${name}:x:${group}:\n`);
  await appendFile(join(rootfs, 'etc/group'), groups.join(''));
  await writeFile(join(rootfs, 'usr/bin/nc'), nc, { mode: 0o755 });
}
