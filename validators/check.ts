import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from './cache/store.ts';
import { capacity, type Environment } from './environment/environment.ts';
import { readEnvironments } from './environment/of-targets.ts';
import type { Finding } from './finding.ts';
import { deliver, namespacesMade } from './gitops/deliver.ts';
import { readTree, type Tree } from './kustomization/tree.ts';
import { pooled } from './process/pool.ts';
import { type Inputs, newReads, readInputs } from './render/inputs.ts';
import { build } from './render/kustomize.ts';
import { type KubernetesObject, nameOf, type RenderedObject, readRendered } from './render/objects.ts';
import type { Target } from './render/targets.ts';
import { type ReportedFlow, reportFlow } from './reports/report.ts';
import { type Asks, addUp } from './room/asks.ts';
import { type Context, contextOf, judge, type Rule, rules } from './rules/index.ts';
import { SCHEMA_FOLDER, schemaFileOf } from './schemas/index.ts';
import { type SchemaError, validateSchemas } from './schemas/validate.ts';
import { withSources } from './source/with-sources.ts';
import { toldOnce } from './told-once.ts';
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
  /** Undefined for what is of no environment. */
  readonly environment: Environment | undefined;
  readonly objects: readonly RenderedObject[];
  readonly asks: Asks;
  readonly findings: readonly Finding[];
  /** What its workloads are told to connect to. */
  readonly flows: readonly ReportedFlow[];
  /** How many Applications it makes of folders of this repository. */
  readonly applications: number;
  /** Ids of the rules that had nothing to judge by. */
  readonly notChecked: readonly string[];
  /** True when the render and its validation were taken from an earlier run on the same content. */
  readonly cached: boolean;
}

/** A target's render with the verdict on each object: what the store keeps. */
interface Rendered {
  readonly objects: readonly RenderedObject[];
  readonly warnings: readonly string[];
  /** By the object's digest; valid objects have none. */
  readonly errors: Readonly<Record<string, readonly SchemaError[]>>;
  /** The schemas that judged, by file: another one is another verdict. */
  readonly schemas: Readonly<Record<string, string>>;
}

type Fresh = Pick<Rendered, 'objects' | 'warnings'>;

/** Raised by one whenever what the store holds changes its form. */
const format = 2;

/**
 * Renders every target, validates each object against its schema and judges the target by every rule.
 *
 * Targets are rendered side by side, an object that several of them hold is validated once, and what did not
 * change since an earlier run is taken from the store. Findings name the file and line that set the field.
 * @throws UsageError when an environment file is wrong; Error when a tool cannot be run.
 */
export async function check(options: CheckOptions): Promise<CheckedTarget[]> {
  const { root, targets, store, tools, workers, progress = () => {} } = options;
  const environments = await readEnvironments(root, targets, store);
  const reads = newReads();
  const inputs: Inputs[] = [];
  for (const target of targets) inputs.push(await readInputs(root, target.folder, reads));
  const keys = inputs.map(({ digest, findings }) =>
    digest === undefined || findings.length > 0 ? undefined : keyOf(`${format}`, digest, tools.versions),
  );
  const schemaDigest = schemaDigests();
  const before = await Promise.all(
    keys.map((key) => (key === undefined ? undefined : readStored(store, key, schemaDigest))),
  );

  let done = before.filter((rendered) => rendered !== undefined).length;
  if (done > 0 && done < targets.length) progress(`${done} of ${targets.length} targets are as they were`);
  const known = new Map<string, RenderedObject>();
  const failures: Finding[][] = targets.map(() => []);
  const fresh: (Fresh | undefined)[] = [];
  const size = (index: number) => inputs[index]?.files.length ?? 0;
  // The largest first, so that none is left to run alone at the end.
  const wanted = [...targets.keys()]
    .filter((index) => before[index] === undefined)
    .sort((a, b) => size(b) - size(a));
  await pooled(wanted, workers, async (index) => {
    const target = targets[index] as Target;
    const { files, findings } = inputs[index] as Inputs;
    if (findings.length > 0) {
      failures[index]?.push(...findings);
      return;
    }
    const built = await build([tools.kustomize, 'build'], root, target.folder);
    done += 1;
    progress(`rendered ${target.name} (${done} of ${targets.length})`);
    let message: string;
    if (built.ok) {
      try {
        fresh[index] = { objects: readRendered(built.stream, known), warnings: built.warnings };
        return;
      } catch (error) {
        message = error instanceof Error ? error.message : String(error);
      }
    } else message = built.message;
    const { explainRenderFailure } = await import('./render/failure.ts');
    failures[index]?.push(await explainRenderFailure(root, target, message, files));
  });

  if (known.size > 0) progress(`validating ${known.size} distinct objects against their schemas`);
  const verdicts = await validateSchemas([...known.values()], {
    kubeconform: tools.kubeconform,
    scratch: options.scratch,
    workers,
  });

  const objectsOf = (index: number) =>
    ((before[index] ?? fresh[index])?.objects ?? []).map(({ object }) => object);
  const projects = targets
    .flatMap((_target, index) => objectsOf(index))
    .filter(({ kind }) => kind === 'AppProject');
  /** What Argo CD would render of a folder: a target of this run, or another one. */
  const render = async (folder: string) => {
    const index = targets.findIndex((target) => target.folder === folder);
    if (index >= 0 && objectsOf(index).length > 0) return { objects: objectsOf(index) };
    const built = await build([tools.kustomize, 'build'], root, folder);
    if (!built.ok) return { failure: built.message };
    return { objects: readRendered(built.stream, known).map(({ object }) => object) };
  };

  const deliveries = await Promise.all(
    targets.map((_target, index) => deliver(root, objectsOf(index), projects, render)),
  );
  const namespacesBeside = new Set(deliveries.flatMap((one) => namespacesMade(one)));

  return Promise.all(
    targets.map(async (target, index): Promise<CheckedTarget> => {
      const environment = environments.get(target.environment);
      const { files } = inputs[index] as Inputs;
      const cached = before[index];
      const built = fresh[index];
      const rendered = cached ?? (built && (await withVerdicts(built, verdicts, schemaDigest)));
      const key = keys[index];
      if (cached === undefined && rendered !== undefined && key !== undefined) {
        await store.put(key, JSON.stringify(rendered));
      }
      const { objects = [], warnings = [], errors = {} } = rendered ?? {};
      const plain = objects.map(({ object }) => object);
      const asks = asked(objects, errors, environment);
      const judged = applyRules(
        target,
        environment,
        plain,
        asks,
        rendered === undefined ? [] : [...rules, ...(options.extraRules ?? [])],
        Object.keys(errors).length === 0,
        readTree(root, target.folder, reads),
        { deliveries: deliveries[index], namespacesBeside },
      );
      const misfits = schemaFindings(objects, errors);
      const findings =
        rendered === undefined
          ? (failures[index] ?? [])
          : [
              ...(await warned(root, target, warnings, files)),
              ...misfits,
              ...toldOnce(misfits, judged.findings, rules),
            ];
      return {
        target,
        environment,
        objects,
        asks,
        flows: judged.flows,
        applications:
          deliveries[index]?.deliveries.filter(({ manifests }) => typeof manifests === 'object').length ?? 0,
        notChecked: judged.notChecked,
        findings: await withSources(findings, plain, root, target.folder, reads),
        cached: cached !== undefined,
      };
    }),
  );
}

function keyOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

type SchemaDigest = (file: string) => Promise<string>;

/** Digests of schemas by their file, each read once; a schema that is not there has one too. */
function schemaDigests(): SchemaDigest {
  const digests = new Map<string, Promise<string>>();
  return (file) => {
    let digest = digests.get(file);
    if (digest === undefined) {
      digest = readFile(join(SCHEMA_FOLDER, file)).then(
        (content) => createHash('sha256').update(content).digest('hex'),
        () => 'none',
      );
      digests.set(file, digest);
    }
    return digest;
  };
}

async function readStored(
  store: Store,
  key: string,
  schemaDigest: SchemaDigest,
): Promise<Rendered | undefined> {
  const value = await store.get(key);
  if (value === undefined) return undefined;
  const rendered = JSON.parse(value.toString('utf8')) as Rendered;
  for (const [file, digest] of Object.entries(rendered.schemas)) {
    if ((await schemaDigest(file)) !== digest) return undefined;
  }
  return rendered;
}

async function withVerdicts(
  { objects, warnings }: Fresh,
  verdicts: ReadonlyMap<string, readonly SchemaError[]>,
  schemaDigest: SchemaDigest,
): Promise<Rendered> {
  const errors: Record<string, readonly SchemaError[]> = {};
  // Errors name the nearest kind, which any change of the index may change.
  const schemas: Record<string, string> = { 'index.json': await schemaDigest('index.json') };
  for (const { object, digest } of objects) {
    const file = schemaFileOf(object.apiVersion, object.kind);
    schemas[file] = await schemaDigest(file);
    const found = verdicts.get(digest) ?? [];
    if (found.length > 0) errors[digest] = found;
  }
  return { objects, warnings, errors, schemas };
}

/** What the objects ask; one that does not fit its schema may hold anything, and asks for nothing until it is mended. */
function asked(
  objects: readonly RenderedObject[],
  errors: Rendered['errors'],
  environment: Environment | undefined,
): Asks {
  const fitting = objects.filter(({ digest }) => errors[digest] === undefined);
  const asks = addUp(
    fitting.map(({ object }) => object),
    environment === undefined ? 1 : capacity(environment).nodes,
  );
  return { ...asks, objects: objects.length };
}

/**
 * What every rule finds. A rule may rely on objects that fit their schemas: where one does not, and the rule stumbles
 * over it, the schema's error is told and the rule judges again once that is mended.
 */
function applyRules(
  target: Target,
  environment: Environment | undefined,
  objects: readonly KubernetesObject[],
  asks: Asks,
  chosen: readonly Rule[],
  fitting: boolean,
  tree: Tree,
  beside: Pick<Context, 'deliveries' | 'namespacesBeside'>,
): Pick<CheckedTarget, 'findings' | 'flows' | 'notChecked'> {
  try {
    const context = {
      ...contextOf(target.name, target.system, environment, objects, tree),
      asks,
      ...beside,
    };
    const { findings, notChecked } = judge(context, chosen, !fitting);
    return { findings, notChecked, flows: context.flows.flows.map(reportFlow) };
  } catch (error) {
    if (fitting) throw error;
    return { findings: [], notChecked: [], flows: [] };
  }
}

async function warned(
  root: string,
  target: Target,
  warnings: readonly string[],
  files: readonly string[],
): Promise<Finding[]> {
  if (warnings.length === 0) return [];
  const { explainRenderWarning } = await import('./render/failure.ts');
  return Promise.all(warnings.map((message) => explainRenderWarning(root, target, message, files)));
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
