import { styleText } from 'node:util';
import { describeResource } from '../finding.ts';
import { countFindings, type Report, shareFindings } from './report.ts';
import { bySameLine, othersOf } from './same-line.ts';
import type { TextOptions } from './text.ts';

/** A report for a person of targets that belong to no environment: each finding with its line, then one line that sums up. */
export function plainReport(report: Report, { colour }: TextOptions): string {
  const paint = (style: 'red' | 'yellow' | 'bold', text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const lines: string[] = [];
  for (const line of bySameLine(shareFindings(report))) {
    const { finding, targets } = line.first;
    const { rule, severity, resource, path, message, source } = finding;
    const what = resource === undefined ? '' : ` ${describeResource(resource)}`;
    lines.push(
      `${paint(severity === 'error' ? 'red' : 'yellow', severity)} ${paint('bold', rule)}${what}${path ? ` ${path}` : ''}`,
      `  ${message}`,
      ...othersOf(line),
    );
    if (source !== undefined)
      lines.push(`  at ${source.file}${source.line === undefined ? '' : `:${source.line}`}`);
    const elsewhere = targets.filter((target) => target !== source?.file);
    if (elsewhere.length > 0) lines.push(`  in ${elsewhere.join(', ')}`);
    lines.push('');
  }
  const unchecked = [...new Set(report.targets.flatMap(({ notChecked }) => notChecked))].sort();
  if (unchecked.length > 0) {
    lines.push(
      `not checked, since no environment says what the cluster offers (--environment): ${unchecked.join(', ')}`,
    );
  }
  const objects = report.targets.reduce((sum, { resources }) => sum + resources.length, 0);
  const flows = report.targets.reduce((sum, target) => sum + target.flows.length, 0);
  const { errors, warnings } = countFindings(report);
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  lines.push(
    `${count(report.targets.length, 'target')}, ${count(objects, 'object')}, ${count(flows, 'flow')}: ` +
      `${count(errors, 'error')}, ${count(warnings, 'warning')}`,
  );
  return `${lines.join('\n')}\n`;
}
