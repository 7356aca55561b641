import type { KubernetesObject } from '@plumbline/validators';
import type { Answer } from '../plan/step.ts';

/** An object as the cluster holds it; only what these scripts read. */
export interface LiveObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** The objects of `kubectl get --output json`; none when it did not answer. */
export function liveObjects(answers: readonly Answer[]): LiveObject[] {
  return answers.flatMap(({ status, output }) => {
    if (status !== 0 || output.trim() === '') return [];
    const value = JSON.parse(output) as { items?: LiveObject[] } & LiveObject;
    return value.items ?? [value];
  });
}

/** An answer that holds these objects, for what --dry-run assumes. */
export function answerOf(objects: readonly (LiveObject | KubernetesObject)[]): Answer {
  return { status: 0, output: JSON.stringify({ kind: 'List', items: objects }) };
}

/** The name that kubectl takes: `deployment/api`. */
export function reference({ kind, metadata }: Pick<LiveObject, 'kind' | 'metadata'>): string {
  return `${kind.toLowerCase()}/${metadata.name}`;
}
