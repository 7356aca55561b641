import type { Environment } from '../environment/environment.ts';
import type { Severity, Source } from '../finding.ts';
import type { Deliveries } from '../gitops/deliver.ts';
import type { Flows } from '../graph/flows.ts';
import type { Tree } from '../kustomization/tree.ts';
import type { Model } from '../model/model.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Asks } from '../room/asks.ts';

/** The families that rules belong to, in the order of the documentation. */
export type Family =
  | 'references'
  | 'services'
  | 'flows'
  | 'probes'
  | 'scaling'
  | 'room'
  | 'security'
  | 'jobs'
  | 'data systems'
  | 'monitoring'
  | 'gitops'
  | 'api server';

/** What a rule judges: one target, rendered, and, where it is known, the environment that it is for. */
export interface Context {
  /** `kind/preempt`, a folder, or a file: how reports name it. */
  readonly target: string;
  readonly system: string | undefined;
  readonly model: Model;
  readonly flows: Flows;
  readonly asks: Asks;
  readonly environment: Environment | undefined;
  /** The kustomization that the target is the render of, where it is at hand. */
  readonly kustomization?: Tree | undefined;
  /** Namespaces that Argo CD makes for other parts of the run. */
  readonly namespacesBeside?: ReadonlySet<string> | undefined;
  /** What the target's Applications would apply, where it has any and the repository is at hand. */
  readonly deliveries?: Deliveries | undefined;
}

/** One thing that a rule found wrong. */
export interface Problem {
  /** The object whose line is to be mended; undefined for the target as a whole. */
  readonly object?: KubernetesObject;
  /** Where in it, as `spec.template.spec.containers[0].image`. */
  readonly path?: string;
  /** The line of the text at the path that is meant, from 1, where that text has several. */
  readonly within?: number;
  /** Both ends, what would happen at run time, and the nearest right name. */
  readonly message: string;
  /** Where the cause stands, when it is no field of a rendered object. */
  readonly source?: Source;
  /** A rule may judge one case milder than its own severity. */
  readonly severity?: Severity;
}

/** One way in which manifests can be wrong. Its page is docs/rules/<id>.md. */
export interface Rule {
  /** Stable: suppressions and reports name it. */
  readonly id: string;
  readonly severity: Severity;
  readonly family: Family;
  /** One sentence: what is wrong. */
  readonly title: string;
  /** True for a rule that has nothing to say without an environment; it then reports itself as not checked. */
  readonly needsEnvironment?: boolean;
  /** True for a rule that judges the kustomization, and has nothing to say of a render alone. */
  readonly needsKustomization?: boolean;
  readonly check: (context: Context) => Iterable<Problem>;
}
