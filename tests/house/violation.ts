import { type Environment, type KubernetesObject, nameOf, type Target } from '@plumbline/validators';
import type { Images } from '../../facts/index.ts';

/** One target, rendered. */
export interface Rendered {
  readonly target: Target;
  readonly environment: Environment;
  readonly objects: readonly KubernetesObject[];
  readonly images: Images;
}

/** One way in which an object breaks a rule of the house. */
export interface Violation {
  readonly object: KubernetesObject;
  /** Where in the object, as `spec.template.spec.containers[0].ports[0]`. */
  readonly path: string;
  readonly message: string;
}

/** A rule of the house: what is wrong with the objects of one target. */
export type HouseRule = (rendered: Rendered) => Violation[];

/** Makes a violation; for rules that find many. */
export function violation(object: KubernetesObject, path: string, message: string): Violation {
  return { object, path, message };
}

/** `Deployment api spec.replicas: message`, without what differs from target to target. */
export function describe({ object, path, message }: Violation): string {
  const { kind, name } = nameOf(object);
  return `${kind} ${name}${path === '' ? '' : ` ${path}`}: ${message}`;
}
