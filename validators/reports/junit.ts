import { describeResource, type Finding } from '../finding.ts';
import type { Report } from './report.ts';

/** Text as XML holds it; what XML cannot hold becomes a question mark. */
function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/\p{Cc}/gu, (character) => ('\t\n\r'.includes(character) ? character : '?'));
}

function failure({ rule, severity, message, source, resource, path }: Finding): string {
  const where =
    source === undefined ? '' : `\nat ${source.file}${source.line === undefined ? '' : `:${source.line}`}`;
  const what = resource === undefined ? '' : `${describeResource(resource)} ${path ?? ''}`.trim();
  const body = escapeXml(`${message}${where}`);
  const name = escapeXml(`${rule} ${what}`.trim());
  // A warning fails nothing: it is shown as what the case printed.
  return severity === 'error'
    ? `    <testcase name="${name}" classname="${escapeXml(rule)}"><failure type="${escapeXml(rule)}" message="${escapeXml(message)}">${body}</failure></testcase>`
    : `    <testcase name="${name}" classname="${escapeXml(rule)}"><system-out>${body}</system-out></testcase>`;
}

/** The report as JUnit XML: a suite a target; a target without findings is one case that passed. */
export function junitReport(report: Report): string {
  const suites = report.targets.map(({ target, findings, resources }) => {
    const failures = findings.filter(({ severity }) => severity === 'error').length;
    const cases =
      findings.length === 0
        ? [`    <testcase name="${resources.length} objects" classname="plumbline"/>`]
        : findings.map(failure);
    return [
      `  <testsuite name="${escapeXml(target)}" tests="${cases.length}" failures="${failures}">`,
      ...cases,
      '  </testsuite>',
    ].join('\n');
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="plumbline">\n${suites.join('\n')}\n</testsuites>\n`;
}
