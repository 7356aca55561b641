import type { Environment } from './environment/environment.ts';
import type { Finding } from './finding.ts';
import type { Deliveries } from './gitops/deliver.ts';
import type { Tree } from './kustomization/tree.ts';
import { nameOf } from './render/objects.ts';
import { readStream, type StreamObject } from './render/stream.ts';
import { type ReportedTarget, reportFlow } from './reports/report.ts';
import { contextOf, judge, type Rule } from './rules/index.ts';
import { readSchemaIndex } from './schemas/index.ts';
import { type SchemaError, type SchemaOptions, validateSchemas } from './schemas/validate.ts';
import { lineAt } from './source/line-at.ts';
import { withLine } from './source/with-line.ts';
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
  readonly locate?: (object: StreamObject, path: string) => Finding['source'] | undefined;
}

/**
 * Checks rendered YAML from anywhere: each stream is a target of its own. All their objects are validated in one run.
 * @throws Error when kubeconform cannot be run.
 */
export async function checkStreams(
  streams: readonly RenderedStream[],
  options: CheckStreamOptions,
): Promise<ReportedTarget[]> {
  const all = streams.map(({ name, text }) => ({ name, ...readStream(text, name) }));
  const distinct = new Map(all.flatMap(({ objects }) => objects).map((object) => [object.digest, object]));
  const [verdicts, index] = await Promise.all([
    validateSchemas([...distinct.values()], options),
    readSchemaIndex(),
  ]);
  const groups = new Set(index.kinds.map(({ group }) => group));
  const targets: ReportedTarget[] = [];
  for (const { name, objects, findings } of all) {
    const schema = objects.flatMap((object) =>
      schemaFindings(object, verdicts.get(object.digest) ?? [], groups),
    );
    const fits = !schema.some(({ severity }) => severity === 'error');
    const read = contextOf(
      name,
      undefined,
      options.environment,
      objects.map(({ object }) => object),
      options.kustomization,
    );
    const context = { ...read, deliveries: options.deliveries };
    const judged = judge(context, options.rules, !fits);
    const located: Finding[] = [];
    for (const finding of [...findings, ...schema, ...toldOnce(schema, judged.findings, options.rules)]) {
      const placed = await withLine(finding, (file) => options.kustomization?.text(file));
      located.push(await withSource(placed, name, objects, options.locate));
    }
    targets.push({
      target: name,
      resources: objects.map(({ object }) => nameOf(object)),
      flows: context.flows.flows.map(reportFlow),
      findings: located,
      notChecked: judged.notChecked,
    });
  }
  return targets;
}

/** Errors of one object; a kind of a group that nobody here knows is not an error: its CRD is somebody else's. */
function schemaFindings(
  { object }: StreamObject,
  errors: readonly SchemaError[],
  groups: ReadonlySet<string>,
): Finding[] {
  const group = object.apiVersion.includes('/') ? (object.apiVersion.split('/')[0] ?? '') : '';
  return errors.map(({ path, message }) => {
    const unknown = path === 'apiVersion' && !groups.has(group);
    return {
      rule: unknown ? 'schema-unknown' : 'schema',
      severity: unknown ? ('warning' as const) : ('error' as const),
      resource: nameOf(object),
      path,
      message: unknown ? `no schema of ${group} is at hand, so ${object.kind} is not validated` : message,
    };
  });
}

async function withSource(
  finding: Finding,
  name: string,
  objects: readonly StreamObject[],
  locate: CheckStreamOptions['locate'],
): Promise<Finding> {
  const { resource, path = '' } = finding;
  if (finding.source !== undefined || resource === undefined) return finding;
  const object = objects.find(
    ({ object: { kind, apiVersion, metadata } }) =>
      kind === resource.kind &&
      apiVersion === resource.apiVersion &&
      metadata.name === resource.name &&
      metadata.namespace === resource.namespace,
  );
  if (object === undefined) return finding;
  const found = locate?.(object, path);
  if (found !== undefined) return { ...finding, source: found };
  // An item of a List has no document of its own: its List's line must do.
  const line = object.text.startsWith('{') ? 1 : lineAt(object.text, path);
  return { ...finding, source: { file: name, line: object.line + line - 1 } };
}
