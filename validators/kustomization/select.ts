import type { Labels } from '../model/selectors.ts';
import { matchesSelector, parseSelector } from './label-selector.ts';

/** What a patch, or a replacement, is for: every part is a regular expression of the whole, as kustomize reads it. */
export interface Selector {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly annotationSelector?: string;
}

/** An object as a selector sees it: by any name and kind that it had so far. */
export interface Selected {
  readonly group: string;
  readonly kinds: readonly string[];
  readonly names: readonly string[];
  readonly namespaces: readonly string[];
  readonly labels: Labels;
  readonly annotations: Labels;
}

/** True when a part of a selector fits one of the values; a part that is left out fits all. */
function fits(part: string | undefined, values: readonly string[]): boolean {
  if (part === undefined || part === '') return true;
  try {
    const pattern = new RegExp(`^(?:${part})$`);
    return values.some((value) => pattern.test(value));
  } catch {
    return values.includes(part);
  }
}

/** True when a selector takes an object. */
export function selects(selector: Selector, object: Selected): boolean {
  return (
    fits(selector.kind, object.kinds) &&
    fits(selector.name, object.names) &&
    fits(selector.namespace, object.namespaces) &&
    fits(selector.group, [object.group]) &&
    matchesSelector(parseSelector(selector.labelSelector), object.labels) &&
    matchesSelector(parseSelector(selector.annotationSelector), object.annotations)
  );
}
