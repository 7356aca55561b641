import { createHash } from 'node:crypto';
import type { ResourceName } from '../finding.ts';
import { parseYaml } from './yaml.ts';

/** A rendered object, as plain data. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** A rendered object with the text that it was read from. */
export interface RenderedObject {
  readonly object: KubernetesObject;
  readonly text: string;
  /** SHA-256 of the text, in hexadecimal. */
  readonly digest: string;
}

/** The texts of a stream's documents, without the empty ones. */
export function splitDocuments(stream: string): string[] {
  return stream
    .split(/^---[ \t]*(?:#.*)?$/m)
    .map((text) => text.replace(/^\n/, ''))
    .filter((text) => text.trim() !== '');
}

/** True when a value has what every Kubernetes object has: apiVersion, kind and metadata.name. */
export function isKubernetesObject(value: unknown): value is KubernetesObject {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind, metadata } = value as Record<string, unknown>;
  const name = (metadata as Record<string, unknown> | null | undefined)?.name;
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof name === 'string';
}

/**
 * Parses what `kustomize build` printed; a text met before is not parsed again.
 * @param known gets every object of the stream, by its digest
 * @param seen where else a text may have been met
 */
export function readRendered(
  stream: string,
  known: Map<string, RenderedObject>,
  seen?: ReadonlyMap<string, RenderedObject>,
): RenderedObject[] {
  return splitDocuments(stream).map((text) => {
    const digest = createHash('sha256').update(text).digest('hex');
    const before = known.get(digest) ?? seen?.get(digest);
    if (before !== undefined) {
      known.set(digest, before);
      return before;
    }
    const object = parseYaml(text);
    if (!isKubernetesObject(object)) throw new Error(`not a Kubernetes object:\n${text.slice(0, 200)}`);
    const rendered = { object, text, digest };
    known.set(digest, rendered);
    return rendered;
  });
}

/** Which object this is. */
export function nameOf(object: KubernetesObject): ResourceName {
  const { namespace, name } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, ...(namespace ? { namespace } : {}), name };
}
