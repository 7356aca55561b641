/** A change as the JSON report tells it. */
export interface Told {
  readonly kind: 'added' | 'removed' | 'changed' | 'order' | 'content';
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly at?: number;
  readonly format?: string;
  readonly changes?: readonly Told[];
  /** It only follows the new name of what a generator made. */
  readonly follows?: boolean;
}

/** A name as the JSON report gives it. */
export interface ToldName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** An object as the JSON report tells it. */
export interface ToldObject {
  readonly before?: ToldName;
  readonly after?: ToldName;
  readonly changes: readonly Told[];
}

/** The JSON report, as far as it is judged. */
export interface ToldReport {
  readonly targets: readonly {
    readonly target: string;
    readonly state: string;
    readonly objects: readonly ToldObject[];
  }[];
}
