import type { Environment } from '../../environment/environment.ts';
import type { ResourceName } from '../../finding.ts';
import type { Model } from '../../model/model.ts';
import type { ObjectChange } from '../compare-objects.ts';

/** What a change would do to what runs. */
export interface Danger {
  /** Stable. */
  readonly id: string;
  /** An error is refused or loses something; a warning wants a look; a note is what happens by the way. */
  readonly severity: 'error' | 'warning' | 'note';
  readonly resource: ResourceName;
  /** Where in the object, as `spec.selector`. */
  readonly path?: string;
  /** What happens, what Argo CD does then, and the safe way. */
  readonly message: string;
}

/** Two states of one target, and how they differ. */
export interface Step {
  readonly objects: readonly ObjectChange[];
  readonly before: Model;
  readonly after: Model;
  /** Where the newer one runs; undefined where nobody says. */
  readonly environment: Environment | undefined;
}

/** Finds dangers of one sort. */
export type DangerRule = (step: Step) => Iterable<Danger>;
