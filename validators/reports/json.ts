import type { Report } from './report.ts';

/** The report as JSON, one value, ended by a line break. */
export function jsonReport(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
