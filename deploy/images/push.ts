import { UsageError } from '@plumbline/validators';
import { type Answer, type Command, command, minutes, type Plan, seconds } from '../plan/step.ts';
import type { BuildableImage } from './built.ts';
import { type Engine, fullName } from './engine.ts';

/** An image as a registry has it. */
export interface PushedImage {
  readonly image: BuildableImage;
  /** `registry.example.com/plumbline/lambda-worker`. */
  readonly repository: string;
  /** `sha256:` and 64 digits. */
  readonly digest: string;
}

/**
 * A registry with the path below it, as a person writes it after an option.
 * @throws UsageError for what cannot stand before an image's name.
 */
export function registryOf(word: string, option = '--push'): string {
  const registry = word.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  const [host = ''] = registry.split('/');
  const hasHost = /[.:]/.test(host) || host === 'localhost';
  if (!hasHost || !/^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/.test(registry)) {
    throw new UsageError(
      `${option} "${word}" names no registry; write its host and path, as registry.example.com/plumbline`,
    );
  }
  return registry;
}

/** Tags each image by its content in the registry and pushes it; `pushed` hears of each, with its digest. */
export function pushSteps(
  engine: Engine,
  registry: string,
  images: readonly BuildableImage[],
  pushed: (image: PushedImage) => void,
): Plan {
  return images.flatMap((image): Plan => {
    const repository = `${registry}/${image.name}`;
    const reference = `${repository}:${image.content}`;
    return [
      {
        kind: 'run',
        does: `Push ${reference}`,
        commands: [
          command([engine, 'tag', `${fullName(image.name)}:${image.content}`, reference]),
          pushCommand(engine, reference, image),
        ],
      },
      {
        kind: 'ask',
        does: `Ask for the digest of ${reference}`,
        asks: [digestCommand(engine, reference, image)],
        leadsTo: ([answer]) => {
          pushed({ image, repository, digest: digestIn(answer, repository) });
          return { commands: [] };
        },
        assumed: {
          says: 'it is written to the overlays of production',
          answers: [{ status: 0, output: `${repository}@sha256:${'0'.repeat(64)}` }],
        },
      },
    ];
  });
}

/** Podman and buildah write a digest's file, docker and nerdctl keep it with the image. */
const writesFile = (engine: Engine) => engine === 'buildah' || engine === 'podman';
const digestFile = ({ name }: BuildableImage) => `.cache/images/${name}.digest`;

function pushCommand(engine: Engine, reference: string, image: BuildableImage): Command {
  const options = { deadline: minutes(15), attempts: 3 };
  if (!writesFile(engine)) return command([engine, 'push', reference], options);
  // A registry on the machine itself speaks plainly, as docker takes it to by itself.
  const plain = /^(?:localhost|127\.0\.0\.1)(?::|\/)/.test(reference) ? ['--tls-verify=false'] : [];
  return command([engine, 'push', ...plain, '--digestfile', digestFile(image), reference], options);
}

function digestCommand(engine: Engine, reference: string, image: BuildableImage): Command {
  const argv: Command['argv'] = writesFile(engine)
    ? ['cat', digestFile(image)]
    : [engine, 'image', 'inspect', '--format', '{{join .RepoDigests "\\n"}}', reference];
  return command(argv, { deadline: seconds(30) });
}

/** The digest that a registry gave; an image that was pushed to several has one of each. */
function digestIn(answer: Answer | undefined, repository: string): string {
  const lines = (answer?.output ?? '').split('\n').map((line) => line.trim());
  const own = lines.find((line) => line.startsWith(`${repository}@`)) ?? lines.find((line) => line !== '');
  const digest = own?.split('@').at(-1) ?? '';
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Error(`the registry gave no digest for ${repository}`);
  }
  return digest;
}
