import { isPlaceholder } from '../api-server/refused.ts';
import { joinPath } from '../model/workload.ts';
import type { Problem, Rule } from './rule.ts';

const part = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const registry =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;

/** True for the first step of a name when it is a registry's address, and not a part of the repository. */
function isRegistry(text: string): boolean {
  return /[.:A-Z]/.test(text) || text === 'localhost';
}

/**
 * What is wrong with an image's name, and the nearest right one where there is one; undefined for a name that is right.
 * Source: github.com/distribution/reference, `regexp.go` and `normalize.go`, which the kubelet and containerd read names by.
 */
export function wrongName(image: string): { readonly what: string; readonly meant?: string } | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(image)?.[0];
  if (scheme !== undefined) return { what: `a name has no ${scheme}`, meant: image.slice(scheme.length) };
  if (/\s/.test(image)) return { what: 'a name has no spaces', meant: image.replaceAll(/\s/g, '') };
  const at = image.indexOf('@');
  const digest = at < 0 ? undefined : image.slice(at + 1);
  const named = at < 0 ? image : image.slice(0, at);
  const colon = named.lastIndexOf(':');
  const isTagged = colon > named.lastIndexOf('/');
  const [name, tag] = isTagged ? [named.slice(0, colon), named.slice(colon + 1)] : [named, undefined];
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$|^sha512:[0-9a-f]{128}$/.test(digest))
    return { what: `the digest ${digest} is not sha256: and 64 of the digits 0 to f` };
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag))
    return { what: `the tag "${tag}" may hold only letters, digits, "_", "." and "-", 128 at most` };
  const steps = name.split('/');
  const [first = ''] = steps;
  const hasRegistry = steps.length > 1 && isRegistry(first);
  if (hasRegistry && !registry.test(first)) return { what: `${first} is no address of a registry` };
  const wrong = steps.slice(hasRegistry ? 1 : 0).find((step) => !part.test(step));
  if (wrong === undefined) return name.length > 255 ? { what: 'the name is longer than 255' } : undefined;
  if (wrong === '') return { what: 'the name has an empty part' };
  if (wrong.includes(':')) return { what: `${name} has a tag already, so that ${tag} is a second one` };
  const meant = part.test(wrong.toLowerCase()) ? image.replace(wrong, wrong.toLowerCase()) : undefined;
  return {
    what: `"${wrong}" may hold only small letters, digits, and ".", "_" and "-" between them`,
    ...(meant === undefined ? {} : { meant }),
  };
}

/** True for what a tool replaces before it applies the manifests: ko's names, templates, words in capitals. */
function isFilledIn(image: string): boolean {
  return /^ko:\/\/|[<>{}[\]%$]|(?:^|[/:])[A-Z][A-Z0-9_-]+(?:[/:@]|$)/.test(image);
}

/** An image has a name that no runtime can read. */
export const imageNameRefused: Rule = {
  id: 'image-name-refused',
  severity: 'error',
  family: 'api server',
  title: "an image's name is none that the kubelet can read",
  *check({ model }): Iterable<Problem> {
    for (const { object, containers } of model.workloads) {
      for (const { name, spec, path } of containers) {
        const { image } = spec;
        if (typeof image !== 'string' || image === '' || isPlaceholder(image)) continue;
        const wrong = wrongName(image);
        if (wrong === undefined) continue;
        const { what, meant } = wrong;
        const hint =
          meant === undefined || wrongName(meant) !== undefined ? '' : ` (did you mean "${meant}"?)`;
        const effect =
          image === image.trim()
            ? 'the pod would stay in InvalidImageName'
            : 'the API server would refuse the pods';
        yield {
          object,
          path: joinPath(path, 'image'),
          message: isFilledIn(image)
            ? `container ${name} runs ${image}, which is no name of an image: unless a tool puts one in its place, ${effect}`
            : `container ${name} runs "${image}": ${what}${hint}; ${effect}`,
          ...(isFilledIn(image) ? { severity: 'warning' as const } : {}),
        };
      }
    }
  },
};
