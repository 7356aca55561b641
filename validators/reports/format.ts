import type { Rule } from '../rules/rule.ts';
import { githubReport } from './github.ts';
import { gitlabReport } from './gitlab.ts';
import { jsonReport } from './json.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';
import type { Report } from './report.ts';
import { sarifReport } from './sarif.ts';

/** The forms that a report can take, beside text for a person. */
export const formats = ['json', 'sarif', 'junit', 'github', 'gitlab', 'markdown'] as const;

export type Format = (typeof formats)[number];

/** The report in one of its forms. */
export function formatReport(
  report: Report,
  format: Format,
  rules: readonly Rule[],
  version: string,
): string {
  switch (format) {
    case 'json':
      return jsonReport(report);
    case 'sarif':
      return sarifReport(report, rules, version);
    case 'junit':
      return junitReport(report);
    case 'github':
      return githubReport(report);
    case 'gitlab':
      return gitlabReport(report);
    case 'markdown':
      return markdownReport(report);
  }
}
