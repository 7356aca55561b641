import type { Severity } from './api.ts';
import { svg } from './element.ts';

export const severities: readonly Severity[] = ['severe', 'major', 'minor'];

/** Told apart by shape and by size; colour only helps. Paths around 0, 0. */
const shapes: Readonly<Record<Severity, string>> = {
  minor: 'M0-5L5 4H-5Z',
  major: 'M0-6L6 0L0 6L-6 0Z',
  severe: 'M-5.5-5.5H5.5V5.5H-5.5Z',
};

export const shapeOf = (severity: Severity): string => shapes[severity];
export const rankOf = (severity: Severity | null): number =>
  severity === null ? 0 : severities.length - severities.indexOf(severity);

/** The sign of a severity in a line of text; the text beside it says the same in words. */
export function sign(severity: Severity): SVGSVGElement {
  return svg(
    'svg',
    { class: `sign ${severity}`, viewBox: '-8 -8 16 16', width: 16, height: 16, 'aria-hidden': 'true' },
    svg('path', { d: shapes[severity] }),
  );
}
