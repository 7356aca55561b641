/** One line of a selector's `matchExpressions`. */
export interface Requirement {
  readonly key?: string;
  readonly operator?: string;
  readonly values?: readonly string[];
}

/** What is wrong with a requirement of a selector; Gt and Lt are for nodes alone. */
export function wrongRequirement(
  { operator = '', values = [] }: Requirement,
  ofNodes = false,
): string | undefined {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length === 0 ? `${operator} needs values` : undefined;
    case 'Exists':
    case 'DoesNotExist':
      return values.length > 0 ? `${operator} takes no values` : undefined;
    case 'Gt':
    case 'Lt':
      if (!ofNodes) return `${operator} compares labels of nodes, and these are not`;
      return values.length === 1 && /^-?\d+$/.test(values[0] ?? '')
        ? undefined
        : `${operator} needs one number`;
    default:
      return `there is no operator ${operator}: In, NotIn, Exists and DoesNotExist are the ones`;
  }
}
