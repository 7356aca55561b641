import { createHash } from 'node:crypto';
import { describeResource, type Finding } from '../finding.ts';
import { type Report, shareFindings } from './report.ts';

/** Source: docs.gitlab.com, "Code Quality report format". */
const severities: Readonly<Record<Finding['severity'], string>> = {
  error: 'critical',
  warning: 'minor',
};

/** The report as GitLab's Code Quality reads it: a merge request shows each finding at its line. A finding without a file is in none. */
export function gitlabReport(report: Report): string {
  const seen = new Map<string, number>();
  const issues = shareFindings(report).flatMap(({ finding, targets }) => {
    const { rule, severity, message, source, resource, path } = finding;
    if (source === undefined) return [];
    const name =
      resource === undefined ? '' : `${describeResource(resource)}${path === undefined ? '' : ` ${path}`}: `;
    // The same defect is the same issue from one run to the next, whatever line it has moved to.
    const key = [rule, source.file, name === '' ? message : name].join('\0');
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    return [
      {
        description: `${name}${message} (${targets.join(', ')})`,
        check_name: rule,
        fingerprint: createHash('sha256').update(`${key}\0${times}`).digest('hex'),
        severity: severities[severity],
        location: { path: source.file, lines: { begin: source.line ?? 1 } },
      },
    ];
  });
  return `${JSON.stringify(issues, undefined, 2)}\n`;
}
