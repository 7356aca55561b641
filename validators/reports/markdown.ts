import { describeResource } from '../finding.ts';
import { countFindings, type Report, shareFindings } from './report.ts';

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
}

/** The report as Markdown: one line that sums up, then a table of findings, for a comment or a page. */
export function markdownReport(report: Report): string {
  const { errors, warnings } = countFindings(report);
  const objects = report.targets.reduce((sum, { resources }) => sum + resources.length, 0);
  const lines = [
    `**${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}** in ` +
      `${report.targets.length} targets with ${objects} objects.`,
  ];
  const shared = shareFindings(report);
  if (shared.length > 0) {
    lines.push('', '| | rule | object | what is wrong | where |', '| --- | --- | --- | --- | --- |');
    for (const { finding, targets } of shared) {
      const { rule, severity, message, source, resource, path } = finding;
      const what =
        resource === undefined
          ? ''
          : `${describeResource(resource)}${path === undefined ? '' : ` \`${path}\``}`;
      const where =
        source === undefined ? '' : `${source.file}${source.line === undefined ? '' : `:${source.line}`}`;
      const cells = [severity, rule, what, message, `${where} (${targets.join(', ')})`].map(escapeCell);
      lines.push(`| ${cells.join(' | ')} |`);
    }
  }
  const unchecked = [...new Set(report.targets.flatMap(({ notChecked }) => notChecked))].sort();
  if (unchecked.length > 0)
    lines.push('', `Not checked, for want of an environment: ${unchecked.join(', ')}.`);
  return `${lines.join('\n')}\n`;
}
