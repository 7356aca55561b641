import type { Finding } from '../finding.ts';
import { asWritten, inWrittenWords, makerOf } from '../operators/index.ts';
import { type KubernetesObject, nameOf } from '../render/objects.ts';
import { didYouMean } from '../text/nearest.ts';
import { rules } from './all.ts';
import type { Context, Problem, Rule } from './rule.ts';

/** Annotations that allow what a rule finds in their object: `allow.plumbline.dev/<rule>: <reason>`. */
const allowPrefix = 'allow.plumbline.dev/';

/** What rules found in one target. */
export interface Judgement {
  readonly findings: Finding[];
  /** Ids of the rules that had nothing to judge by. */
  readonly notChecked: string[];
}

/**
 * What the rules find in one target, and the ids of those that had nothing to judge by.
 *
 * An object may allow a rule's findings about itself, with a reason; an allowance that allows nothing (any more), or
 * gives no reason, is a finding.
 * @param lenient a rule that stumbles over an object that does not fit its schema says nothing, instead of throwing.
 */
export function judge(context: Context, chosen: readonly Rule[] = rules, lenient = false): Judgement {
  const findings: Finding[] = [];
  const notChecked: string[] = [];
  const allowances = allowancesOf(context);
  const made = context.model.objects.filter((object) => makerOf(object) !== undefined);
  for (const rule of chosen) {
    if (rule.needsEnvironment === true && context.environment === undefined) {
      notChecked.push(rule.id);
      continue;
    }
    // A render alone has no kustomization to judge.
    if (rule.needsKustomization === true && context.kustomization === undefined) continue;
    let problems: readonly Problem[] = [];
    try {
      problems = Array.from(rule.check(context), asWritten);
    } catch (error) {
      if (!lenient) throw error;
    }
    for (const problem of problems) {
      const allowance =
        problem.object && allowances.find(({ object, id }) => object === problem.object && id === rule.id);
      if (allowance) allowance.used = true;
      else findings.push(asFinding(rule, { ...problem, message: inWrittenWords(problem.message, made) }));
    }
  }
  const judged = new Set(chosen.map(({ id }) => id).filter((id) => !notChecked.includes(id)));
  const known = [...judged, ...notChecked];
  for (const { object, id, reason, used } of allowances) {
    const problem = mistake(id, reason, used, judged, known, chosen.length > 1);
    if (problem !== undefined) {
      findings.push(
        asFinding(allowanceRule, {
          object,
          path: `metadata.annotations["${allowPrefix}${id}"]`,
          message: problem,
        }),
      );
    }
  }
  return { findings, notChecked };
}

interface Allowance {
  readonly object: KubernetesObject;
  readonly id: string;
  readonly reason: string;
  used: boolean;
}

function allowancesOf({ model }: Context): Allowance[] {
  return model.objects.flatMap((object) =>
    Object.entries(object.metadata.annotations ?? {})
      .filter(([key]) => key.startsWith(allowPrefix))
      .map(([key, reason]) => ({ object, id: key.slice(allowPrefix.length), reason, used: false })),
  );
}

/** What is wrong with an allowance; undefined for one that is in use, or that this run cannot judge. */
function mistake(
  id: string,
  reason: string,
  used: boolean,
  judged: ReadonlySet<string>,
  known: readonly string[],
  whole: boolean,
): string | undefined {
  if (!known.includes(id))
    return whole ? `there is no rule ${id}${didYouMean(id, known)}: it allows nothing` : undefined;
  if (reason.trim() === '')
    return `it allows ${id} without a reason: say why, so that the next reader can judge`;
  return used || !judged.has(id) ? undefined : `it allows ${id}, which finds nothing here: remove it`;
}

const allowanceRule = { id: 'allowance-stale', severity: 'error' } as const;

function asFinding(
  rule: Pick<Rule, 'id' | 'severity'>,
  { object, path, within, message, source, severity }: Problem,
): Finding {
  return {
    rule: rule.id,
    severity: severity ?? rule.severity,
    ...(object === undefined ? {} : { resource: nameOf(object) }),
    ...(path === undefined || path === '' ? {} : { path }),
    ...(within === undefined ? {} : { within }),
    message,
    ...(source === undefined ? {} : { source }),
  };
}
