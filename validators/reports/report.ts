import { describeResource, type Finding, type ResourceName } from '../finding.ts';
import type { Flow } from '../graph/flows.ts';
import { type KubernetesObject, nameOf } from '../render/objects.ts';

/** One connection, as reports tell it. */
export interface ReportedFlow {
  /** `Deployment preempt/api`. */
  readonly from: string;
  /** The workload that answers; absent for what lies outside the target. */
  readonly to?: string | undefined;
  /** `mysql:3306`. */
  readonly destination: string;
  /** The pod's port. */
  readonly port?: number | undefined;
  /** What tells the client so: `env DB_HOST`. */
  readonly by: string;
  readonly allowed: boolean;
}

/** What was found of one target. */
export interface ReportedTarget {
  readonly target: string;
  readonly resources: readonly ResourceName[];
  readonly flows: readonly ReportedFlow[];
  readonly findings: readonly Finding[];
  /** Ids of the rules that had nothing to judge by. */
  readonly notChecked: readonly string[];
}

/**
 * The whole of a check, as `--format json` prints it; reports/report.schema.json is its schema. A field may be added
 * within a version; one that changes or goes raises it.
 */
export interface Report {
  readonly version: 1;
  readonly targets: readonly ReportedTarget[];
}

/** The report of a check of a repository's own targets. */
export function reportOf(
  checked: readonly {
    readonly target: { readonly name: string };
    readonly objects: readonly { readonly object: KubernetesObject }[];
    readonly flows: readonly ReportedFlow[];
    readonly findings: readonly Finding[];
    readonly notChecked: readonly string[];
  }[],
): Report {
  return {
    version: 1,
    targets: checked.map(({ target, objects, flows, findings, notChecked }) => ({
      target: target.name,
      resources: objects.map(({ object }) => nameOf(object)),
      flows,
      findings,
      notChecked,
    })),
  };
}

/** The report of files that kept the check from judging anything: each stands as a target of its own. */
export function reportOfMistakes({ findings }: { readonly findings: readonly Finding[] }): Report {
  const files = [...new Set(findings.map(({ source }) => source?.file ?? ''))];
  return {
    version: 1,
    targets: files.map((file) => ({
      target: file,
      resources: [],
      flows: [],
      findings: findings.filter(({ source }) => source?.file === file),
      notChecked: [],
    })),
  };
}

/** A flow in the words of reports. */
export function reportFlow({ from, to, destination, port, told, verdict }: Flow): ReportedFlow {
  const name = ({ kind, namespace, name }: { kind: string; namespace: string; name: string }) =>
    describeResource({ apiVersion: '', kind, namespace, name });
  return {
    from: name(from),
    ...(to === undefined ? {} : { to: name(to) }),
    destination,
    ...(port === undefined ? {} : { port }),
    by: told.by,
    allowed: verdict.allowed,
  };
}

/** A finding with every target that has it: what several overlays share is said once. */
export interface SharedFinding {
  readonly finding: Finding;
  readonly targets: readonly string[];
}

/** Findings that are the same but for the target, in the order in which they were first met. */
export function shareFindings(report: Report): SharedFinding[] {
  const shared = new Map<string, { finding: Finding; targets: string[] }>();
  for (const { target, findings } of report.targets) {
    for (const finding of findings) {
      const { rule, resource, path, source, message } = finding;
      const key = JSON.stringify([rule, resource, path, source, message.replaceAll(target, '')]);
      const before = shared.get(key);
      if (before === undefined) shared.set(key, { finding, targets: [target] });
      else before.targets.push(target);
    }
  }
  return [...shared.values()];
}

/** How many findings of each severity, counted once for all targets that share one. */
export function countFindings(report: Report): { readonly errors: number; readonly warnings: number } {
  const all = shareFindings(report);
  const errors = all.filter(({ finding }) => finding.severity === 'error').length;
  return { errors, warnings: all.length - errors };
}
