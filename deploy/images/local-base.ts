import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '@plumbline/validators';
import { type Command, command, minutes, type Plan, seconds } from '../plan/step.ts';
import { buildCommand, type Engine, inspectImage } from './engine.ts';

/** Images that stand in for the published ones that Dockerfiles begin with, assembled on this machine. */
export interface LocalBase {
  /** What the build is told, by the names of its arguments. */
  readonly arguments: { readonly NODE: string; readonly DEBIAN: string; readonly NGINX: string };
  /** Assembles them unless they are there. */
  readonly plan: Plan;
  /** The commands that the plan runs beside the engine's. */
  readonly needs: readonly string[];
}

const folder = '.cache/images/base';
const npmVersion = '11.19.1';
const sources = '/etc/apt/sources.list.d/debian.sources';
const certificates = '/etc/ssl/certs/ca-certificates.crt';

/** What Debian's slim image leaves out, too. */
const unwanted = ['doc', 'man', 'locale', 'info', 'groff', 'lintian', 'linda'];

/**
 * The local base for machines that reach packages, and no registry of images: Debian by mmdebstrap, and Node's binary
 * and npm out of npm packages, in the layout of the published images; nginx is Debian's, configured as the unprivileged one.
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
  const debian = 'localhost/plumbline-debian:bookworm';
  const withNode = `localhost/plumbline-node:${version}-${await digestOf(root)}`;
  const withNginx = `localhost/plumbline-nginx:bookworm-${await digestOf(root)}`;
  const own = await access(sources).then(
    () => [sources],
    () => [],
  );
  const bootstrap = (packages: string, file: string) =>
    command(
      [
        'mmdebstrap',
        '--variant=essential',
        `--include=${packages}`,
        '--aptopt=Acquire::Retries "3"',
        ...unwanted.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
        'bookworm',
        `${folder}/${file}`,
        ...own,
      ],
      { deadline: minutes(10), attempts: 2 },
    );
  const assemble: Command[] = [
    command(['rm', '-rf', folder]),
    command(['mkdir', '-p', folder]),
    bootstrap('ca-certificates,libstdc++6', 'debian.tar'),
    bootstrap('ca-certificates,nginx-light', 'nginx.tar'),
    command(['cp', 'apps/base/nginx.conf', `${folder}/nginx.conf`]),
    command(['cp', node, `${folder}/node`]),
    command(['cp', certificates, `${folder}/ca-certificates.crt`]),
    command(['npm', 'install', '--prefix', `${folder}/npm`, '--no-save', `npm@${npmVersion}`], {
      deadline: minutes(5),
      attempts: 2,
    }),
    buildCommand(engine, { dockerfile: 'apps/base/debian.Dockerfile', tags: [debian], context: folder }),
    buildCommand(engine, {
      dockerfile: 'apps/base/node.Dockerfile',
      tags: [withNode],
      context: folder,
      arguments: { DEBIAN: debian },
      local: true,
    }),
    buildCommand(engine, { dockerfile: 'apps/base/nginx.Dockerfile', tags: [withNginx], context: folder }),
    command(['rm', '-rf', folder]),
  ];
  return {
    arguments: { NODE: withNode, DEBIAN: debian, NGINX: withNginx },
    needs: ['mmdebstrap', 'npm'],
    plan: [
      {
        kind: 'ask',
        does: `Assemble ${withNode}, ${withNginx} and ${debian} from packages`,
        asks: [
          inspectImage(engine, withNode),
          inspectImage(engine, debian),
          inspectImage(engine, withNginx),
          command(['npm', 'config', 'get', 'registry'], { deadline: seconds(30) }),
        ],
        leadsTo: ([nodeImage, debianImage, nginxImage, registry]) => {
          if ([nodeImage, debianImage, nginxImage].every((image) => image?.status === 0))
            return { commands: [] };
          const npmrc = `registry=${registry?.output.trim()}\ncafile=${certificates}\n`;
          const [clear, make, ...rest] = assemble;
          return {
            commands: [
              ...[clear, make].filter((step) => step !== undefined),
              command(['tee', `${folder}/npmrc`], { input: npmrc }),
              ...rest,
            ],
          };
        },
        assumed: {
          says: 'unless they are there',
          answers: [
            { status: 1, output: '' },
            { status: 1, output: '' },
            { status: 1, output: '' },
            { status: 0, output: 'https://registry.npmjs.org/' },
          ],
        },
      },
    ],
  };
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
  for (const name of ['debian.Dockerfile', 'node.Dockerfile', 'nginx.Dockerfile', 'nginx.conf']) {
    hash.update(await readFile(join(root, 'apps/base', name)));
  }
  return hash.digest('hex').slice(0, 12);
}
