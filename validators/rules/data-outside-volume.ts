import { kafkaKey } from '../graph/brokers.ts';
import { settingsOf } from '../graph/scripts.ts';
import { lastingMounts, localPath, storageAt } from '../graph/storage.ts';
import { remember } from '../text/remember.ts';
import type { Rule } from './rule.ts';

/** Settings of the folders that servers keep their data in, by the image of the server. */
const folders: readonly (readonly [RegExp, RegExp])[] = [
  [/(?:^|\/)(?:cp-|cp-enterprise-)?kafka(?:-native)?(?::|@|$)/, /^log\.dirs?$/],
  [/(?:^|\/)zookeeper(?::|@|$)/, /^(?:dataDir|dataLogDir|ZOO_DATA_DIR|ZOO_DATA_LOG_DIR)$/],
  [/(?:^|\/)(?:postgres|postgresql|postgis|pgvector|timescaledb)(?::|@|$)/, /^(?:PGDATA|data_directory)$/],
  [/(?:^|\/)(?:mysql|mysql-server|mariadb|percona|percona-server)(?::|@|$)/, /^datadir$/],
  [/(?:^|\/)(?:redis|valkey|keydb)(?::|@|$)/, /^dir$/],
  [/(?:^|\/)mongo(?::|@|$)/, /^(?:dbpath|storage\.dbPath)$/],
  [/(?:^|\/)(?:elasticsearch|opensearch)(?::|@|$)/, /^path\.data$/],
  [/(?:^|\/)cassandra(?::|@|$)/, /^(?:data_file_directories\.\d+|commitlog_directory)$/],
  [/(?:^|\/)prometheus(?::|@|$)/, /^storage\.tsdb\.path$/],
  [/(?:^|\/)grafana(?:-oss|-enterprise)?(?::|@|$)/, /^GF_PATHS_DATA$/],
  [/(?:^|\/)etcd(?::|@|$)/, /^(?:data-dir|ETCD_DATA_DIR)$/],
];

/** The settings of an image's folders: most images are met many times. */
const foldersOf = remember(
  (image: string) => folders.find(([pattern]) => pattern.test(image))?.[1],
  (image) => image,
);

/** A server has a volume for its data, and is told to keep it elsewhere. */
export const dataOutsideVolume: Rule = {
  id: 'data-outside-volume',
  severity: 'error',
  family: 'data systems',
  title: 'a server with a volume keeps its data outside it',
  *check({ model }) {
    for (const workload of model.workloads) {
      if (!workload.serves) continue;
      for (const container of workload.containers) {
        const known = foldersOf(container.spec.image ?? '');
        const mounts = known === undefined ? [] : lastingMounts(workload, container);
        if (known === undefined || mounts.length === 0) continue;
        const told = new Map(
          settingsOf(model, workload, container)
            .map((option) => [kafkaKey(option.key), option] as const)
            .filter(([key]) => known.test(key)),
        );
        for (const [key, { value, object, path, by }] of told) {
          for (const part of value.split(',')) {
            const folder = localPath(part);
            if (folder === undefined || folder === '/') continue;
            const { kind, described } = storageAt(workload, container, folder);
            if (kind === 'lasting') continue;
            const list = mounts.map((one) => `${one.described} at ${one.at}`).join(', ');
            yield {
              object,
              path,
              message:
                `${key} of ${workload.kind} ${workload.name} is ${folder} (${by}), which is ${described}, and its volume is ${list}: ` +
                'what it keeps would be gone with the pod, and the volume stay empty',
            };
          }
        }
      }
    }
  },
};
