import type { Difference } from './difference.ts';
import { type DifferenceHtml, differenceHtml } from './html-report.ts';
import { differenceJson } from './json-report.ts';
import { differenceMarkdown } from './markdown-report.ts';
import { type DifferenceText, differenceText } from './text-report.ts';

/** The forms in which a difference is told. */
export const differenceReports = {
  text: differenceText,
  json: differenceJson,
  markdown: differenceMarkdown,
  html: differenceHtml,
} as const satisfies Record<
  string,
  (difference: Difference, options: DifferenceText & DifferenceHtml) => string | Promise<string>
>;
