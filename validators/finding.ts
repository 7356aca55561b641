/** How much a finding matters: an error fails the check, a warning is shown. */
export type Severity = 'error' | 'warning';

/** Where a finding's cause stands in the repository. */
export interface Source {
  /** Path relative to the repository's root, with `/` between folders. */
  readonly file: string;
  /** 1-based line, where it is known. */
  readonly line?: number;
}

/** Which object a finding is about. */
export interface ResourceName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** One thing that is wrong, said so that a person can mend it. */
export interface Finding {
  /** Stable id of what was found: `render`, `schema`, `fact`, `room`, ... */
  readonly rule: string;
  readonly severity: Severity;
  readonly resource?: ResourceName;
  /** Where in the object, as `spec.template.spec.containers[0].image`. */
  readonly path?: string;
  /** The line of the text at the path that is meant, from 1, where that text has several. */
  readonly within?: number;
  /** What is wrong, what would happen, and the way out. */
  readonly message: string;
  readonly source?: Source;
}

/** `Deployment preempt/api`: how people name an object. */
export function describeResource(resource: ResourceName): string {
  const namespace = resource.namespace === undefined ? '' : `${resource.namespace}/`;
  return `${resource.kind} ${namespace}${resource.name}`;
}
