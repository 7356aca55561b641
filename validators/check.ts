import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from './cache/store.ts';
import { capacity, type Environment, readEnvironment } from './environment/environment.ts';
import type { Finding } from './finding.ts';
import { pooled } from './process/pool.ts';
import { explainRenderFailure } from './render/failure.ts';
import { type FileContents, type Inputs, readInputs } from './render/inputs.ts';
import { build } from './render/kustomize.ts';
import { nameOf, type RenderedObject, readRendered } from './render/objects.ts';
import type { Target } from './render/targets.ts';
import { type Asks, addUp } from './room/asks.ts';
import { type Judged, type Rule, rules } from './rules/index.ts';
import { SCHEMA_FOLDER } from './schemas/index.ts';
import { type SchemaError, validateSchemas } from './schemas/validate.ts';
import { locateSource } from './source/locate.ts';
import type { Tools } from './tools/locate.ts';

export interface CheckOptions {
  /** The repository's root, absolute. */
  readonly root: string;
  readonly targets: readonly Target[];
  readonly tools: Tools;
  /** Keeps what was rendered and judged, by content. */
  readonly store: Store;
  /** A folder for files of this run. */
  readonly scratch: string;
  /** How many commands run side by side. */
  readonly workers: number;
  /** Rules of the project's own, beside the library's. */
  readonly extraRules?: readonly Rule[];
  readonly progress?: (message: string) => void;
}

/** What the check says of one target. */
export interface CheckedTarget {
  readonly target: Target;
  readonly environment: Environment;
  readonly objects: readonly RenderedObject[];
  readonly asks: Asks;
  readonly findings: readonly Finding[];
  /** True when the render and its validation were taken from an earlier run on the same content. */
  readonly cached: boolean;
}

/** A target's render with the verdict on each object: what the store keeps. */
interface Rendered {
  readonly objects: readonly RenderedObject[];
  readonly warnings: readonly string[];
  /** By the object's digest; valid objects have none. */
  readonly errors: Readonly<Record<string, readonly SchemaError[]>>;
}

/** Raised by one whenever what the store holds changes its form. */
const format = 1;

/**
 * Renders every target, validates each object against its schema and judges the target by every rule.
 *
 * Targets are rendered side by side, an object that several of them hold is validated once, and what did not
 * change since an earlier run is taken from the store. Findings name the file and line that set the field.
 * @throws UsageError when an environment file is wrong; Error when a tool cannot be run.
 */
export async function check(options: CheckOptions): Promise<CheckedTarget[]> {
  const { root, targets, store, tools, workers, progress = () => {} } = options;
  const contents: FileContents = new Map();
  const [environments, schemas, inputs] = await Promise.all([
    readEnvironments(root, targets),
    schemasDigest(),
    Promise.all(targets.map((target) => readInputs(root, target.folder, contents))),
  ]);
  const keys = inputs.map(({ digest, findings }) => {
    if (digest === undefined || findings.length > 0) return undefined;
    return createHash('sha256').update([format, digest, schemas, tools.versions].join('\0')).digest('hex');
  });
  const before = await Promise.all(
    keys.map((key) => (key === undefined ? undefined : readStored(store, key))),
  );

  let done = before.filter((rendered) => rendered !== undefined).length;
  if (done > 0 && done < targets.length) progress(`${done} of ${targets.length} targets are as they were`);
  const known = new Map<string, RenderedObject>();
  const failures: Finding[][] = targets.map(() => []);
  const fresh = await pooled(targets, workers, async (target, index) => {
    const input = inputs[index] as Inputs;
    if (before[index] !== undefined) return undefined;
    if (input.findings.length > 0) {
      failures[index]?.push(...input.findings);
      return undefined;
    }
    const built = await build([tools.kustomize, 'build'], root, target.folder);
    done += 1;
    progress(`rendered ${target.name} (${done} of ${targets.length})`);
    if (!built.ok) {
      failures[index]?.push(await explainRenderFailure(root, target, built.message, input.files));
      return undefined;
    }
    try {
      return { objects: readRendered(built.stream, known), warnings: built.warnings };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      failures[index]?.push(await explainRenderFailure(root, target, message, input.files));
      return undefined;
    }
  });

  if (known.size > 0) progress(`validating ${known.size} distinct objects against their schemas`);
  const verdicts = await validateSchemas([...known.values()], {
    kubeconform: tools.kubeconform,
    scratch: options.scratch,
    workers,
  });

  return Promise.all(
    targets.map(async (target, index) => {
      const environment = environments.get(target.environment) as Environment;
      const built = fresh[index];
      let rendered = before[index];
      if (built !== undefined) {
        const errors: Record<string, readonly SchemaError[]> = {};
        for (const { digest } of built.objects) {
          const found = verdicts.get(digest) ?? [];
          if (found.length > 0) errors[digest] = found;
        }
        rendered = { ...built, errors };
        const key = keys[index];
        if (key !== undefined) await store.put(key, JSON.stringify(rendered));
      }
      const { objects = [], warnings = [], errors = {} } = rendered ?? {};
      const asks = addUp(
        objects.map(({ object }) => object),
        capacity(environment).nodes,
      );
      const judged: Judged = { target, objects: objects.map(({ object }) => object), asks, environment };
      const findings =
        rendered === undefined
          ? (failures[index] ?? [])
          : [
              ...(await Promise.all(
                warnings.map((message) =>
                  explainRenderFailure(root, target, message, inputs[index]?.files ?? []),
                ),
              )),
              ...schemaFindings(objects, errors),
              ...[...Object.values(rules), ...(options.extraRules ?? [])].flatMap((rule) => rule(judged)),
            ];
      return {
        target,
        environment,
        objects,
        asks,
        findings: await withSources(findings, judged, root, inputs[index]?.files ?? []),
        cached: before[index] !== undefined,
      };
    }),
  );
}

async function readEnvironments(root: string, targets: readonly Target[]): Promise<Map<string, Environment>> {
  const names = [...new Set(targets.map((target) => target.environment))];
  const read = await Promise.all(
    names.map((name) => readEnvironment(root, `overlays/${name}/environment.yaml`)),
  );
  return new Map(names.map((name, index) => [name, read[index] as Environment]));
}

/** SHA-256 over the vendored schemas: another set of schemas is another verdict. */
async function schemasDigest(): Promise<string> {
  const hash = createHash('sha256');
  const names = await readdir(SCHEMA_FOLDER, { recursive: true });
  const files = names.filter((name) => name.endsWith('.json')).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(SCHEMA_FOLDER, file))));
  for (const [index, text] of texts.entries()) hash.update(`${files[index]}\0`).update(text);
  return hash.digest('hex');
}

async function readStored(store: Store, key: string): Promise<Rendered | undefined> {
  const value = await store.get(key);
  if (value === undefined) return undefined;
  try {
    return JSON.parse(value.toString('utf8')) as Rendered;
  } catch {
    // A damaged entry is a miss, and is written anew.
    return undefined;
  }
}

function schemaFindings(
  objects: readonly RenderedObject[],
  errors: Readonly<Record<string, readonly SchemaError[]>>,
): Finding[] {
  return objects.flatMap(({ object, digest }) =>
    (errors[digest] ?? []).map(({ path, message }) => ({
      rule: 'schema',
      severity: 'error' as const,
      resource: nameOf(object),
      path,
      message,
    })),
  );
}

async function withSources(
  findings: readonly Finding[],
  { objects }: Judged,
  root: string,
  files: readonly string[],
): Promise<Finding[]> {
  return Promise.all(
    findings.map(async (finding) => {
      const { resource } = finding;
      if (finding.source !== undefined || resource === undefined) return finding;
      const object = objects.find(
        ({ kind, apiVersion, metadata }) =>
          kind === resource.kind &&
          apiVersion === resource.apiVersion &&
          metadata.name === resource.name &&
          metadata.namespace === resource.namespace,
      );
      if (object === undefined) return finding;
      const source = await locateSource(root, files, object, finding.path ?? '');
      return source === undefined ? finding : { ...finding, source };
    }),
  );
}
