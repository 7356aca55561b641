import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** A Go module and the CustomResourceDefinitions to read from it. */
export interface CustomResourceSource {
  readonly module: string;
  readonly version: string;
  /** Globs inside the module. */
  readonly files: readonly string[];
}

/** Where Kubernetes' own kinds come from. */
export interface KubernetesSource {
  readonly module: string;
  readonly version: string;
  /** The OpenAPI v2 document, inside the module. */
  readonly openapi: string;
  /** The generated Go source that has the enums, inside the module. */
  readonly enums: string;
  readonly excludeGroups: readonly string[];
}

/** The pinned sources of the vendored schemas: what `sources.yaml` says. */
export interface Sources {
  readonly kubernetes: KubernetesSource;
  readonly customResources: readonly CustomResourceSource[];
}

/**
 * Reads `sources.yaml`.
 *
 * @throws when a value is missing or of the wrong type, with its place in the file.
 */
export async function readSources(file: string): Promise<Sources> {
  const root = fieldsOf(parse(await readFile(file, 'utf8')), file, '');
  const kubernetes = fieldsOf(root.kubernetes, file, 'kubernetes');
  const text = (fields: Fields, path: string, key: string): string =>
    textOf(fields[key], file, `${path}.${key}`);
  return {
    kubernetes: {
      module: text(kubernetes, 'kubernetes', 'module'),
      version: text(kubernetes, 'kubernetes', 'version'),
      openapi: text(kubernetes, 'kubernetes', 'openapi'),
      enums: text(kubernetes, 'kubernetes', 'enums'),
      excludeGroups: textsOf(kubernetes.excludeGroups, file, 'kubernetes.excludeGroups'),
    },
    customResources: listOf(root.customResources, file, 'customResources').map((value, index) => {
      const path = `customResources[${index}]`;
      const source = fieldsOf(value, file, path);
      return {
        module: text(source, path, 'module'),
        version: text(source, path, 'version'),
        files: textsOf(source.files, file, `${path}.files`),
      };
    }),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown, file: string, path: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`${file}: ${path || 'the document'} must be a mapping.`);
}

function listOf(value: unknown, file: string, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${file}: ${path} must be a list.`);
}

function textOf(value: unknown, file: string, path: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${file}: ${path} must be a text.`);
}

function textsOf(value: unknown, file: string, path: string): readonly string[] {
  return listOf(value, file, path).map((each, index) => textOf(each, file, `${path}[${index}]`));
}
