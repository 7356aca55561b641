import { own } from '../own.ts';

/** Labels of an object or a pod. */
export type Labels = Readonly<Record<string, string>>;

/** A label selector as Kubernetes writes it (metav1.LabelSelector). */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?:
    | readonly {
        readonly key: string;
        readonly operator: string;
        readonly values?: readonly string[] | undefined;
      }[]
    | undefined;
}

/** True when every pair of a plain selector (a Service's) is among the labels. An empty one matches nothing. */
export function matchesPairs(selector: Labels | undefined, labels: Labels): boolean {
  const pairs = Object.entries(selector ?? {});
  return pairs.length > 0 && pairs.every(([key, value]) => own(labels, key) === value);
}

/**
 * True when a label selector matches; an empty one matches everything, a missing one nothing.
 * Source: k8s.io/apimachinery, `pkg/labels/selector.go`.
 */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined || selector === null) return false;
  const pairs = Object.entries(selector.matchLabels ?? {}).every(
    ([key, value]) => own(labels, key) === value,
  );
  return (
    pairs && (selector.matchExpressions ?? []).every((expression) => matchesExpression(expression, labels))
  );
}

/** Whether labels meet one requirement; an operator that there is not is met by none. */
export function matchesExpression(
  { key, operator, values = [] }: NonNullable<LabelSelector['matchExpressions']>[number],
  labels: Labels,
): boolean {
  const value = own(labels, key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

/** A selector as a person writes it: `app=api, tier in (web, api)`. */
export function describeSelector(selector: LabelSelector | Labels | undefined): string {
  if (selector === undefined) return 'nothing';
  const labelSelector: LabelSelector =
    'matchLabels' in selector || 'matchExpressions' in selector
      ? (selector as LabelSelector)
      : { matchLabels: selector as Labels };
  const parts = Object.entries(labelSelector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  for (const { key, operator, values = [] } of labelSelector.matchExpressions ?? []) {
    if (operator === 'In') parts.push(`${key} in (${values.join(', ')})`);
    else if (operator === 'NotIn') parts.push(`${key} not in (${values.join(', ')})`);
    else parts.push(operator === 'Exists' ? key : `!${key}`);
  }
  return parts.join(', ') || 'everything';
}
