import type { Environment } from './environment/environment.ts';
import type { Finding, ResourceName } from './finding.ts';
import type { Deliveries } from './gitops/deliver.ts';
import type { Tree } from './kustomization/tree.ts';
import { type KubernetesObject, nameOf } from './render/objects.ts';
import { readStream, type StreamObject } from './render/stream.ts';
import { type ReportedTarget, reportFlow } from './reports/report.ts';
import { type Context, contextOf, type Judgement, judge, type Rule } from './rules/index.ts';
import { readSchemaIndex, type SchemaIndex } from './schemas/index.ts';
import type { SchemaOptions } from './schemas/kubeconform.ts';
import { type SchemaError, validateSchemas } from './schemas/validate.ts';
import { linesOf } from './source/line-at.ts';
import { withLine } from './source/with-line.ts';
import { nearest } from './text/nearest.ts';
import { toldOnce } from './told-once.ts';

/** Rendered YAML, and how reports name it. */
export interface RenderedStream {
  /** The target's name in reports, and the file that findings point into. */
  readonly name: string;
  readonly text: string;
}

export interface CheckStreamOptions extends SchemaOptions {
  /** What the cluster offers; without it, rules that need it report themselves as not checked. */
  readonly environment: Environment | undefined;
  readonly rules: readonly Rule[];
  /** The kustomization that the stream is the render of. */
  readonly kustomization?: Tree;
  /** What its Applications would apply. */
  readonly deliveries?: Deliveries;
  /** Finds the line that set a field; by default the line in the rendered text itself. */
  readonly locate?: (object: StreamObject, path: string, within?: number) => Finding['source'] | undefined;
}

/**
 * Checks rendered YAML from anywhere: each stream is a target of its own. All their objects are validated in one run.
 * @throws Error when kubeconform cannot be run.
 */
export async function checkStreams(
  streams: readonly RenderedStream[],
  options: CheckStreamOptions,
): Promise<ReportedTarget[]> {
  const read = streams.map(({ name, text }) => ({ name, ...readStream(text, name) }));
  const distinct = new Map(read.flatMap(({ objects }) => objects).map((object) => [object.digest, object]));
  // Rules judge while kubeconform runs: it is awaited after them.
  const validated = Promise.all([
    validateSchemas([...distinct.values()], { ...options, foreign: true }),
    readSchemaIndex(),
  ]);
  validated.catch(() => {});
  const judged = read.map(({ name, objects }) => {
    const plain = objects.map(({ object }) => object);
    const context = contextOf(
      name,
      undefined,
      options.environment,
      plain,
      options.kustomization,
      options.deliveries,
    );
    return { context, judgement: judgeFirst(context, options.rules) };
  });
  const [verdicts, index] = await validated;
  const targets: ReportedTarget[] = [];
  for (const [position, { name, objects, findings }] of read.entries()) {
    const schema = objects.flatMap((object) =>
      schemaFindings(object, verdicts.get(object.digest) ?? [], index),
    );
    const { context, judgement } = judged[position] as (typeof judged)[number];
    const { findings: more, notChecked } = judgement(!schema.some(({ severity }) => severity === 'error'));
    const sourceOf = sources(name, objects, options.locate);
    const located: Finding[] = [];
    for (const finding of [...findings, ...schema, ...toldOnce(schema, more, options.rules)])
      located.push(await sourceOf(await withLine(finding, (file) => options.kustomization?.text(file))));
    targets.push({
      target: name,
      resources: objects.map(({ object }) => nameOf(object)),
      flows: context.flows.flows.map(reportFlow),
      findings: located,
      notChecked,
    });
  }
  return targets;
}

/**
 * Judges before it is known whether every object fits its schema, and gives the judgement once that is known: a rule that
 * stumbles is a mistake of ours where all of them fit, and else says nothing.
 */
function judgeFirst(context: Context, rules: readonly Rule[]): (fits: boolean) => Judgement {
  try {
    const judgement = judge(context, rules);
    return () => judgement;
  } catch (error) {
    return (fits) => {
      if (fits) throw error;
      return judge(context, rules, true);
    };
  }
}

/** True for a kind whose CRD is somebody else's: of a group that nobody here knows, or of one that more than one project shares. */
function isUnknown(
  { apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>,
  { kinds }: SchemaIndex,
): boolean {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  const of = kinds.filter((entry) => entry.group === group);
  if (of.length === 0) return true;
  const builtIn = of.some(({ source }) => source.startsWith('k8s.io/kubernetes@'));
  const names = of.map((entry) => entry.kind);
  return !builtIn && !names.includes(kind) && nearest(kind, names) === undefined;
}

/** Findings of a check whose schemas are thought to be all that there are, for a repository of which that is not known. */
export async function asForeign(findings: readonly Finding[]): Promise<Finding[]> {
  const index = await readSchemaIndex();
  return findings.map((finding) => {
    const { rule, path, resource } = finding;
    if (rule !== 'schema' || path !== 'apiVersion' || resource === undefined || !isUnknown(resource, index))
      return finding;
    return { ...finding, ...unknownKind(resource) };
  });
}

/** What is said of a kind that no schema at hand can know. */
function unknownKind({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>) {
  return {
    rule: 'schema-unknown',
    severity: 'warning' as const,
    message: `no schema of ${apiVersion.split('/')[0]} ${kind} is at hand, so it is not validated`,
  };
}

/** Errors of one object; a kind that no schema at hand can know is not an error. */
function schemaFindings(
  { object }: StreamObject,
  errors: readonly SchemaError[],
  index: SchemaIndex,
): Finding[] {
  return errors.map(({ path, message }) => {
    const unknown = path === 'apiVersion' && isUnknown(object, index);
    const said = unknown ? unknownKind(object) : { rule: 'schema', severity: 'error' as const, message };
    return { ...said, resource: nameOf(object), path };
  });
}

/** Finds where findings about a stream's objects stand: as `locate` says, or in the rendered text itself. */
function sources(
  name: string,
  objects: readonly StreamObject[],
  locate: CheckStreamOptions['locate'],
): (finding: Finding) => Promise<Finding> {
  const key = ({ kind, apiVersion, namespace = '', name }: ResourceName) =>
    `${apiVersion} ${kind} ${namespace} ${name}`;
  const byName = new Map<string, StreamObject>();
  for (const object of objects) {
    const its = key(nameOf(object.object));
    if (!byName.has(its)) byName.set(its, object);
  }
  const lines = new Map<StreamObject, (path: string) => number>();
  const lineIn = (object: StreamObject, path: string) => {
    // An item of a List has no document of its own: its List's line must do.
    if (object.text.startsWith('{')) return 1;
    const known = lines.get(object) ?? linesOf(object.text);
    lines.set(object, known);
    return known(path);
  };
  return async (finding) => {
    const { resource, path = '', within } = finding;
    if (finding.source !== undefined || resource === undefined) return finding;
    const object = byName.get(key(resource));
    if (object === undefined) return finding;
    const found = locate?.(object, path, within);
    if (found !== undefined) return { ...finding, source: found };
    return { ...finding, source: { file: name, line: object.line + lineIn(object, path) - 1 } };
  };
}
