import type { KubernetesObject } from '@plumbline/validators';
import type { LiveObject } from '../cluster/live.ts';
import type { BuildableImage } from '../images/built.ts';
import { imageContents, jobDigest, ranWith, runsImages } from './digest.ts';

/** A Job as it is to be run, with what it runs with. */
export interface WantedJob {
  readonly job: KubernetesObject;
  readonly digest: string;
  /** Empty when it runs no image that was built now. */
  readonly images: string;
}

export function wantedJobs(
  objects: readonly KubernetesObject[],
  images: readonly BuildableImage[],
): WantedJob[] {
  return objects
    .filter(({ kind }) => kind === 'Job')
    .map((job) => ({ job, digest: jobDigest(job, objects), images: imageContents(job, images) }));
}

/**
 * The Jobs that must go before the apply, since a Job's template cannot be changed: those that ran with something
 * else, that failed, or of which nobody knows what they ran with. Jobs are safe to run twice, so doubt runs them.
 */
export function jobsToReplace(live: readonly LiveObject[], wanted: readonly WantedJob[]): WantedJob[] {
  return wanted.filter(({ job, digest, images }) => {
    const there = live.find(({ kind, metadata }) => kind === 'Job' && metadata.name === job.metadata.name);
    if (there === undefined) return false;
    const { annotations = {} } = there.metadata;
    const other = images !== '' && annotations[runsImages] !== images;
    return annotations[ranWith] !== digest || other || hasFailed(there);
  });
}

/** What to write at a Job after the apply; undefined when it stands there. */
export function jobMarks(live: readonly LiveObject[], { job, digest, images }: WantedJob): string[] {
  const there = live.find(({ kind, metadata }) => kind === 'Job' && metadata.name === job.metadata.name);
  const { annotations = {} } = there?.metadata ?? {};
  return [
    ...(annotations[ranWith] === digest ? [] : [`${ranWith}=${digest}`]),
    ...(images === '' || annotations[runsImages] === images ? [] : [`${runsImages}=${images}`]),
  ];
}

/** True when a Job gave up. */
export function hasFailed({ status }: LiveObject): boolean {
  return hasCondition(status, 'Failed');
}

/** True when a Job is done. */
export function isComplete({ status }: LiveObject): boolean {
  return hasCondition(status, 'Complete');
}

function hasCondition(status: LiveObject['status'], type: string): boolean {
  const conditions = (status?.conditions ?? []) as readonly { type: string; status: string }[];
  return conditions.some((condition) => condition.type === type && condition.status === 'True');
}
