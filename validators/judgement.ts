import { createHash } from 'node:crypto';
import { capacity, type Environment } from './environment/environment.ts';
import type { Finding } from './finding.ts';
import { readTree } from './kustomization/tree.ts';
import type { Reads } from './render/inputs.ts';
import type { Rendered } from './render/kept.ts';
import { nameOf, type RenderedObject } from './render/objects.ts';
import type { Target } from './render/targets.ts';
import { type ReportedFlow, reportFlow } from './reports/report.ts';
import { type Asks, addUp } from './room/asks.ts';
import { type Context, contextOf, judge, type Rule } from './rules/index.ts';
import { withSources } from './source/with-sources.ts';
import { toldOnce } from './told-once.ts';

/** What the rules say of one target, with the lines that its findings stand at. */
export interface TargetJudgement {
  readonly asks: Asks;
  readonly findings: readonly Finding[];
  readonly flows: readonly ReportedFlow[];
  readonly notChecked: readonly string[];
  /** How many Applications it makes of folders of this repository. */
  readonly applications: number;
}

/** What is judged: a target, and what decides about it beside its objects. */
export interface Judged {
  /** The repository's root, absolute. */
  readonly root: string;
  readonly target: Target;
  /** Undefined for what is of none. */
  readonly environment: Environment | undefined;
  /** The files that the target is made of, relative to the root. */
  readonly files: readonly string[];
  readonly reads: Reads;
  readonly rules: readonly Rule[];
  /** What the rest of the run says about a target of no environment. */
  readonly beside?: Pick<Context, 'deliveries' | 'namespacesBeside'>;
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
  { target, environment, beside }: Pick<Judged, 'target' | 'environment' | 'beside'>,
  { schemas }: Pick<Rendered, 'schemas'>,
  version: string,
): string {
  const parts = [
    'judgement',
    inputs,
    version,
    JSON.stringify([target, environment, schemas]),
    ...told(beside),
  ];
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

function told(beside: Judged['beside']): string[] {
  if (beside === undefined) return [];
  return [JSON.stringify([beside.deliveries, [...(beside.namespacesBeside ?? [])].sort()])];
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
  const { root, target, environment, files, reads, rules, beside } = judged;
  const { objects, warnings, errors } = rendered;
  const fits = Object.keys(errors).length === 0;
  if (fits && early !== undefined && 'error' in early) throw early.error;
  const { findings, flows, notChecked } =
    fits && early !== undefined && 'found' in early
      ? early.found
      : applyRules(judged, objects, errors, !fits);
  const misfits = schemaFindings(objects, errors);
  const all = [
    ...(await warned(root, target, warnings, files)),
    ...misfits,
    ...toldOnce(misfits, findings, rules),
  ];
  const plain = objects.map(({ object }) => object);
  return {
    asks: asked(objects, errors, environment),
    findings: await withSources(all, plain, root, target.folder, reads),
    flows,
    notChecked,
    applications: (beside?.deliveries?.deliveries ?? []).filter(
      ({ manifests }) => typeof manifests === 'object',
    ).length,
  };
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

function applyRules(
  { root, target, environment, reads, rules, beside }: Judged,
  objects: readonly RenderedObject[],
  errors: Rendered['errors'],
  lenient: boolean,
): Found {
  const plain = objects.map(({ object }) => object);
  try {
    const asks = asked(objects, errors, environment);
    const tree = readTree(root, target.folder, reads);
    const context = { ...contextOf(target.name, target.system, environment, plain, tree), asks, ...beside };
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
