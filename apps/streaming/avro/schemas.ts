import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The schemas that stand in `schemas/<name>/<version>.avsc`. */
export const schemaNames = ['order', 'product', 'revenue', 'late-order'] as const;
export type SchemaName = (typeof schemaNames)[number];

/** One version of a schema: its number, its file and its text on one line, as a registry keeps it. */
export interface SchemaVersion {
  readonly version: number;
  readonly file: string;
  readonly text: string;
}

/** Every version of a schema in a folder of schemas, the oldest first. @throws Error that names a file that is no version, or no JSON. */
export function readVersions(
  name: string,
  folder = join(import.meta.dirname, '..', 'schemas'),
): SchemaVersion[] {
  return readdirSync(join(folder, name))
    .map((entry) => {
      const file = join(folder, name, entry);
      const [, version] = /^([1-9]\d*)\.avsc$/.exec(entry) ?? [];
      if (version === undefined) throw new Error(`${file}: a version is called 1.avsc, 2.avsc and so on`);
      try {
        return {
          version: Number(version),
          file,
          text: JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))),
        };
      } catch (cause) {
        throw new Error(`${file} is no JSON: ${(cause as Error).message}`, { cause });
      }
    })
    .sort((a, b) => a.version - b.version);
}

/** The newest version of a schema, which this image writes and reads. */
export function newest(name: SchemaName): SchemaVersion {
  const version = readVersions(name).at(-1);
  if (version === undefined) throw new Error(`schemas/${name} has no version`);
  return version;
}

/** The subject of a topic's values, as Confluent's serializers name it. */
export const subjectOf = (topic: string) => `${topic}-value`;
