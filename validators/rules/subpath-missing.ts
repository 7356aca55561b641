import { joinPath } from '../model/workload.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** A container mounts one file of a ConfigMap or Secret by subPath, and there is no such file. */
export const subpathMissing: Rule = {
  id: 'subpath-missing',
  severity: 'error',
  family: 'references',
  title: 'a subPath names a file that the ConfigMap or Secret does not hold',
  *check({ model }) {
    for (const workload of model.workloads) {
      for (const { name: container, spec, path } of workload.containers) {
        for (const [index, mount] of (spec.volumeMounts ?? []).entries()) {
          const volume = (workload.pod.volumes ?? []).find(({ name }) => name === mount.name);
          const kind = volume?.configMap ? 'ConfigMap' : 'Secret';
          const name = volume?.configMap?.name ?? volume?.secret?.secretName;
          if (mount.subPath === undefined || name === undefined) continue;
          const configuration = model.configuration(kind, workload.namespace, name);
          if (configuration === undefined || configuration.open) continue;
          const items = volume?.configMap?.items ?? volume?.secret?.items;
          const files = items?.map((item) => item.path) ?? [...configuration.values.keys()];
          const wanted = mount.subPath;
          if (files.some((file) => file === wanted || file.startsWith(`${wanted}/`))) continue;
          yield {
            object: workload.object,
            path: joinPath(path, `volumeMounts[${index}].subPath`),
            message:
              `container ${container} mounts ${wanted} of ${kind} ${name}, which holds ${files.join(', ') || 'nothing'}` +
              `${didYouMean(wanted, files)}: ${mount.mountPath} would be an empty folder`,
          };
        }
      }
    }
  },
};
