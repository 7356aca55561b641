import { createHash } from 'node:crypto';
import { capacity, type Environment } from './environment/environment.ts';
import type { Finding, ResourceName } from './finding.ts';
import type { Rendered } from './render/kept.ts';
import { type KubernetesObject, nameOf, type RenderedObject } from './render/objects.ts';
import type { Target } from './render/targets.ts';
import { type ReportedFlow, reportFlow } from './reports/report.ts';
import { type Asks, addUp } from './room/asks.ts';
import { contextOf, judge, type Rule } from './rules/index.ts';

/** What the rules say of one target, with the lines that its findings stand at. */
export interface TargetJudgement {
  readonly asks: Asks;
  readonly findings: readonly Finding[];
  readonly flows: readonly ReportedFlow[];
  readonly notChecked: readonly string[];
}

/** What is judged: a target, and what decides about it beside its objects. */
export interface Judged {
  /** The repository's root, absolute. */
  readonly root: string;
  readonly target: Target;
  readonly environment: Environment;
  /** The files that the target is made of, relative to the root. */
  readonly files: readonly string[];
  readonly rules: readonly Rule[];
}

/** What rules found before any schema judged the objects. */
interface Found {
  readonly findings: readonly Finding[];
  readonly flows: readonly ReportedFlow[];
  readonly notChecked: readonly string[];
}

/** What rules find where every object fits its schema, or the error of the rule that stumbled. */
export type Early = { readonly found: Found } | { readonly error: unknown };

/**
 * The name under which a judgement is kept: it changes with everything that decides it.
 * @param version of the code that judges and of what it was given beside the target: facts, images.
 */
export function judgementKey(
  inputs: string,
  { target, environment }: Pick<Judged, 'target' | 'environment'>,
  { schemas }: Pick<Rendered, 'schemas'>,
  version: string,
): string {
  const parts = ['judgement', inputs, version, JSON.stringify([target, environment, schemas])];
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

/** Judges a target while nobody knows yet whether its objects fit their schemas: most do. */
export function judgeEarly(judged: Judged, objects: readonly RenderedObject[]): Early {
  try {
    return { found: applyRules(judged, objects, {}, false) };
  } catch (error) {
    return { error };
  }
}

/**
 * Judges a target whose objects' schemas have spoken.
 *
 * A rule may rely on objects that fit their schemas: where one does not, and the rule stumbles over it, the schema's error
 * is told and the rule judges again once that is mended.
 * @param early what was found before, which holds where every object fits.
 */
export async function judgeTarget(
  judged: Judged,
  rendered: Rendered,
  early: Early | undefined,
): Promise<TargetJudgement> {
  const { root, target, environment, files } = judged;
  const { objects, warnings, errors } = rendered;
  const fits = Object.keys(errors).length === 0;
  if (fits && early !== undefined && 'error' in early) throw early.error;
  const { findings, flows, notChecked } =
    fits && early !== undefined && 'found' in early
      ? early.found
      : applyRules(judged, objects, errors, !fits);
  const all = [
    ...(await warned(root, target, warnings, files)),
    ...schemaFindings(objects, errors),
    ...findings,
  ];
  return {
    asks: asked(objects, errors, environment),
    findings: await withSources(all, objects, root, files),
    flows,
    notChecked,
  };
}

/** What the objects ask; one that does not fit its schema may hold anything, and asks for nothing until it is mended. */
function asked(
  objects: readonly RenderedObject[],
  errors: Rendered['errors'],
  environment: Environment,
): Asks {
  const fitting = objects.filter(({ digest }) => errors[digest] === undefined);
  const asks = addUp(
    fitting.map(({ object }) => object),
    capacity(environment).nodes,
  );
  return { ...asks, objects: objects.length };
}

function applyRules(
  { target, environment, rules }: Judged,
  objects: readonly RenderedObject[],
  errors: Rendered['errors'],
  lenient: boolean,
): Found {
  const plain = objects.map(({ object }) => object);
  try {
    const asks = asked(objects, errors, environment);
    const context = { ...contextOf(target.name, target.system, environment, plain), asks };
    const { findings, notChecked } = judge(context, rules, lenient);
    return { findings, notChecked, flows: context.flows.flows.map(reportFlow) };
  } catch (error) {
    if (!lenient) throw error;
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

function schemaFindings(objects: readonly RenderedObject[], errors: Rendered['errors']): Finding[] {
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

/** Findings with the file and line that set the field. */
async function withSources(
  findings: readonly Finding[],
  objects: readonly RenderedObject[],
  root: string,
  files: readonly string[],
): Promise<Finding[]> {
  return Promise.all(
    findings.map(async (finding) => {
      const { resource } = finding;
      if (finding.source !== undefined || resource === undefined) return finding;
      const found = objects.find(({ object }) => isNamed(object, resource));
      if (found === undefined) return finding;
      // Loaded when something is wrong: a run that finds nothing has no use for it.
      const { locateSource } = await import('./source/locate.ts');
      const source = await locateSource(root, files, found.object, finding.path ?? '');
      return source === undefined ? finding : { ...finding, source };
    }),
  );
}

function isNamed({ kind, apiVersion, metadata }: KubernetesObject, resource: ResourceName): boolean {
  return (
    kind === resource.kind &&
    apiVersion === resource.apiVersion &&
    metadata.name === resource.name &&
    metadata.namespace === resource.namespace
  );
}
