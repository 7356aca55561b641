import type { Finding } from './finding.ts';
import type { ReportedTarget } from './reports/report.ts';

/**
 * A piece's findings in the light of those who include it: a base that nobody applies alone lacks what its overlays bring.
 *
 * An error that none of them has is theirs to mend and is mended: it becomes a warning that names one of them. One that any of
 * them still has stays what it is, and so does every error where nobody could be asked.
 * @param around the kustomizations that include it, as they were checked; one that does not render has no say.
 */
export function inTheLightOf(piece: ReportedTarget, around: readonly ReportedTarget[]): ReportedTarget {
  const asked = around.filter(({ resources }) => resources.length > 0);
  const [first] = asked;
  if (first === undefined) return piece;
  const known = new Set(asked.flatMap(({ findings }) => findings.flatMap(marksOf)));
  const where = asked.length === 1 ? first.target : `${first.target} and ${asked.length - 1} more`;
  return {
    ...piece,
    findings: piece.findings.map((finding) => {
      if (finding.severity !== 'error' || marksOf(finding).some((mark) => known.has(mark))) return finding;
      return {
        ...finding,
        severity: 'warning',
        message: `${finding.message} (applied alone; not in ${where}, which ${asked.length === 1 ? 'includes' : 'include'} it)`,
      };
    }),
  };
}

/** By what a finding is known again in another render: the line that it stands at, and the object with its field. */
function marksOf({ rule, resource, path, source }: Finding): string[] {
  return [
    ...(source === undefined ? [] : [`${rule} ${source.file}:${source.line}`]),
    ...(resource === undefined ? [] : [`${rule} ${resource.kind} ${resource.name} ${path}`]),
  ];
}
