import { own } from '../own.ts';

/** Labels, or annotations, of an object. */
export type Labels = Readonly<Record<string, string>>;

interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'not in' | 'exists' | 'does not exist';
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
        { key, operator: not ? 'not in' : 'in', values: values.split(',').map((value) => value.trim()) },
      ];
    const [, name = '', sign = '', value = ''] = /^\s*([\w./-]+)\s*(!?==?)\s*([\w./-]*)\s*$/.exec(part) ?? [];
    if (name !== '')
      return [{ key: name, operator: sign.startsWith('!') ? 'not in' : 'in', values: [value] }];
    const [, absent, alone = ''] = /^\s*(!)?\s*([\w./-]+)\s*$/.exec(part) ?? [];
    return alone === '' ? [] : [{ key: alone, operator: absent ? 'does not exist' : 'exists', values: [] }];
  });
}

/** True when labels fit all requirements. */
export function matchesSelector(requirements: readonly Requirement[], labels: Labels): boolean {
  return requirements.every((requirement) => matches(requirement, own(labels, requirement.key)));
}

function matches({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'in':
      return value !== undefined && values.includes(value);
    case 'not in':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case 'does not exist':
      return value === undefined;
  }
}
