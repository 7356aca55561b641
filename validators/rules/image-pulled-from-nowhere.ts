import { joinPath } from '../model/workload.ts';
import { imageParts } from './image-unpinned.ts';
import type { Rule } from './rule.ts';

const label = 'plumbline.dev/built-here';

/** An image that is built on the machine, and pushed nowhere, is pulled before each start. */
export const imagePulledFromNowhere: Rule = {
  id: 'image-pulled-from-nowhere',
  severity: 'error',
  family: 'security',
  title: 'an image that is only built here would be pulled',
  *check({ model }) {
    const built = new Set(
      model.workloads
        .filter(({ object }) => object.metadata.labels?.[label] === 'true')
        .flatMap(({ containers }) => containers.find(({ role }) => role === 'main')?.spec.image ?? [])
        .map((image) => imageParts(image).name)
        // A name with a registry in it is pushed there.
        .filter((name) => !/^(?:localhost|[^/]*[.:][^/]*)\//.test(name)),
    );
    for (const { object, containers } of model.workloads) {
      for (const { name, spec, path } of containers) {
        const { name: image, tag = 'latest', digest } = imageParts(spec.image ?? '');
        if (!built.has(image)) continue;
        const policy =
          spec.imagePullPolicy ?? (tag === 'latest' && digest === undefined ? 'Always' : 'IfNotPresent');
        if (policy !== 'Always') continue;
        yield {
          object,
          path: joinPath(path, spec.imagePullPolicy === undefined ? 'image' : 'imagePullPolicy'),
          message:
            `container ${name} runs ${spec.image}, which is built here and in no registry, and imagePullPolicy is Always` +
            `${spec.imagePullPolicy === undefined ? ' by default' : ''}: the kubelet would look for it on docker.io, and wait in ImagePullBackOff`,
        };
      }
    }
  },
};
