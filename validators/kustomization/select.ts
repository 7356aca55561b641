import type { Labels } from '../model/selectors.ts';
import { remember } from '../text/remember.ts';
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

/** A part of a selector as an expression of the whole; undefined for one that is none. */
const wholly = remember(
  (part: string): RegExp | undefined => {
    try {
      return new RegExp(`^(?:${part})$`);
    } catch {
      return undefined;
    }
  },
  (part) => part,
);

/** True when a part of a selector fits one of the values; a part that is left out fits all. */
function fits(part: string | undefined, values: readonly string[]): boolean {
  if (part === undefined || part === '') return true;
  const pattern = wholly(part);
  return pattern === undefined ? values.includes(part) : values.some((value) => pattern.test(value));
}

const requirementsOf = remember(parseSelector, (text = '') => text);

/** True when a selector takes an object. */
export function selects(selector: Selector, object: Selected): boolean {
  return (
    fits(selector.kind, object.kinds) &&
    fits(selector.name, object.names) &&
    fits(selector.namespace, object.namespaces) &&
    fits(selector.group, [object.group]) &&
    matchesSelector(requirementsOf(selector.labelSelector), object.labels) &&
    matchesSelector(requirementsOf(selector.annotationSelector), object.annotations)
  );
}
