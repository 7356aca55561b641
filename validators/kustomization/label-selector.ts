import { type Labels, matchesExpression } from '../model/selectors.ts';

interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}

/**
 * The requirements of a selector as text: `app=api,tier in (a, b),!old`.
 * Source: k8s.io/apimachinery, `pkg/labels/selector.go`. What cannot be read is left out: kustomize refuses it.
 */
export function parseSelector(text = ''): Requirement[] {
  return text.split(/,(?![^(]*\))/).flatMap((part): Requirement[] => {
    const [, key = '', not, values = ''] = /^\s*([\w./-]+)\s+(not)?in\s*\(([^)]*)\)\s*$/.exec(part) ?? [];
    if (key !== '')
      return [
        { key, operator: not ? 'NotIn' : 'In', values: values.split(',').map((value) => value.trim()) },
      ];
    const [, name = '', sign = '', value = ''] = /^\s*([\w./-]+)\s*(!?==?)\s*([\w./-]*)\s*$/.exec(part) ?? [];
    if (name !== '') return [{ key: name, operator: sign.startsWith('!') ? 'NotIn' : 'In', values: [value] }];
    const [, absent, alone = ''] = /^\s*(!)?\s*([\w./-]+)\s*$/.exec(part) ?? [];
    return alone === '' ? [] : [{ key: alone, operator: absent ? 'DoesNotExist' : 'Exists', values: [] }];
  });
}

/** True when labels fit all requirements. */
export function matchesSelector(requirements: readonly Requirement[], labels: Labels): boolean {
  return requirements.every((requirement) => matchesExpression(requirement, labels));
}
