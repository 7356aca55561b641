import { describeResource } from '../finding.ts';
import { type Report, shareFindings } from './report.ts';

/** Source: docs.github.com, "Workflow commands for GitHub Actions". */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** The report as GitHub workflow commands, which become annotations on the lines of a pull request. */
export function githubReport(report: Report): string {
  return shareFindings(report)
    .map(({ finding, targets }) => {
      const { rule, severity, message, source, resource, path } = finding;
      const properties = [
        ...(source === undefined ? [] : [`file=${escapeProperty(source.file)}`, `line=${source.line ?? 1}`]),
        `title=${escapeProperty(rule)}`,
      ];
      const what =
        resource === undefined
          ? ''
          : `${describeResource(resource)}${path === undefined ? '' : ` ${path}`}: `;
      return `::${severity} ${properties.join(',')}::${escapeData(`${what}${message} (${targets.join(', ')})`)}\n`;
    })
    .join('');
}
