import { describeResource, type Finding } from './finding.ts';
import type { Rule } from './rules/index.ts';
import { stepsOf } from './source/steps.ts';

/**
 * What rules found, without what the schema says already: of a field that does not fit its schema, the API server says
 * the same, and a person mends it once.
 */
export function toldOnce(
  schema: readonly Finding[],
  judged: readonly Finding[],
  rules: readonly Rule[],
): Finding[] {
  if (schema.length === 0) return [...judged];
  const place = ({ resource, path = '' }: Finding) =>
    `${resource === undefined ? '' : describeResource(resource)} ${stepsOf(path).join('/')}`;
  const told = new Set(schema.map(place));
  const alike = new Set(rules.filter(({ family }) => family === 'api server').map(({ id }) => id));
  return judged.filter((finding) => !alike.has(finding.rule) || !told.has(place(finding)));
}
