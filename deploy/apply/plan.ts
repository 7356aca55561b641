import type { KubernetesObject } from '@plumbline/validators';
import { getJson, kubectl } from '../cluster/kubectl.ts';
import { answerOf, type LiveObject, liveObjects, reference } from '../cluster/live.ts';
import type { BuildableImage } from '../images/built.ts';
import { type Command, minutes, type Plan, type Step, seconds } from '../plan/step.ts';
import { resumeStep } from '../stop/plan.ts';
import { type Choice, inNamespaces, type System } from '../systems.ts';
import { imageContents, runsImages } from './digest.ts';
import { jobMarks, jobsToReplace, type WantedJob, wantedJobs } from './jobs.ts';

const restartable = new Set(['Deployment', 'StatefulSet']);

/**
 * Brings the cluster to what the overlays render: what goes before an apply, the apply that a person would type, and
 * what follows it. The apply is the plain client-side one, so that a person's own `kubectl apply -k` changes nothing.
 *
 * @param images the images that were built now; those that others loaded are not known, and restart nothing.
 */
export function applySteps(context: string, choice: Choice, images: readonly BuildableImage[]): Plan {
  const { systems, folders } = choice;
  return [
    ...systems.flatMap(({ namespaces }) => namespaces.map((name) => waitForNamespace(context, name))),
    namespacesStep(context, systems),
    ...inNamespaces(systems).map(({ namespace, objects }) =>
      beforeApply(context, namespace, objects, images),
    ),
    {
      kind: 'run',
      does: `Apply ${folders.join(', ')}`,
      commands: folders.map((folder) =>
        kubectl(context, ['apply', '--kustomize', folder], { deadline: minutes(5) }),
      ),
    },
    ...inNamespaces(systems).map(({ namespace, objects }) => afterApply(context, namespace, objects, images)),
    ...inNamespaces(systems).map(({ namespace, objects }) =>
      resumeStep(context, namespace, objects, 'running'),
    ),
  ];
}

/** A namespace that an earlier destroy is still ending takes no new objects. */
function waitForNamespace(context: string, namespace: string): Step {
  const phase = ['get', 'namespace', namespace, '--ignore-not-found', '--output', 'jsonpath={.status.phase}'];
  return {
    kind: 'ask',
    does: `Let namespace ${namespace} end, if it was being deleted`,
    asks: [kubectl(context, phase, { deadline: seconds(30) })],
    leadsTo: ([answer]) => ({
      commands:
        answer?.output.trim() === 'Terminating'
          ? [
              kubectl(context, ['wait', '--for=delete', `namespace/${namespace}`, '--timeout=300s'], {
                deadline: minutes(6),
              }),
            ]
          : [],
    }),
    assumed: { says: 'when it is not', answers: [{ status: 0, output: '' }] },
  };
}

function namespacesStep(context: string, systems: readonly System[]): Step {
  const objects = systems.flatMap(({ objects }) => objects.filter(({ kind }) => kind === 'Namespace'));
  const names = objects.map(({ metadata }) => metadata.name).join(', ');
  return {
    kind: 'run',
    does: `Make the namespaces first: ${names}`,
    commands: [
      kubectl(context, ['apply', '--filename', '-'], {
        input: objects.map((object) => `${JSON.stringify(object, undefined, 2)}\n`).join('---\n'),
      }),
    ],
  };
}

function beforeApply(
  context: string,
  namespace: string,
  objects: readonly KubernetesObject[],
  images: readonly BuildableImage[],
): Step {
  const jobs = wantedJobs(objects, images);
  const workloads = runningBuilt(objects, images);
  return {
    kind: 'ask',
    does: `Replace the Jobs of ${namespace} that changed or failed`,
    asks: [getJson(context, ['jobs', 'deployments', 'statefulsets'], namespace)],
    leadsTo: (answers) => {
      const live = liveObjects(answers);
      return {
        commands: [
          ...unmarked(live, workloads).map((workload) =>
            annotate(context, namespace, reference(workload), [`${runsImages}=unknown`]),
          ),
          ...deleteJobs(context, namespace, jobsToReplace(live, jobs)),
        ],
      };
    },
    assumed: {
      says: 'where it is there and ran with something else',
      answers: [answerOf(jobs.map(({ job }) => job))],
    },
  };
}

function deleteJobs(context: string, namespace: string, jobs: readonly WantedJob[]): Command[] {
  if (jobs.length === 0) return [];
  const names = jobs.map(({ job }) => job.metadata.name);
  return [
    kubectl(
      context,
      ['delete', 'job', ...names, '--namespace', namespace, '--ignore-not-found', '--timeout=120s'],
      { deadline: minutes(3) },
    ),
  ];
}

/** Workloads that were there before this apply and do not say what they run: they are restarted, the new ones are not. */
function unmarked(live: readonly LiveObject[], workloads: readonly KubernetesObject[]): LiveObject[] {
  return live.filter(
    (there) =>
      there.metadata.annotations?.[runsImages] === undefined &&
      workloads.some((workload) => isSame(workload, there)),
  );
}

function afterApply(
  context: string,
  namespace: string,
  objects: readonly KubernetesObject[],
  images: readonly BuildableImage[],
): Step {
  const jobs = wantedJobs(objects, images);
  const workloads = runningBuilt(objects, images);
  return {
    kind: 'ask',
    does: `Restart what runs an image that changed in ${namespace}`,
    asks: [getJson(context, ['jobs', 'deployments', 'statefulsets'], namespace)],
    leadsTo: (answers) => {
      const live = liveObjects(answers);
      return {
        commands: [
          ...workloads.flatMap((workload) => restart(context, namespace, live, workload, images)),
          ...jobs.flatMap((wanted) => {
            const marks = jobMarks(live, wanted);
            return marks.length === 0 ? [] : [annotate(context, namespace, reference(wanted.job), marks)];
          }),
        ],
      };
    },
    assumed: {
      says: 'nothing after a first apply; each is marked with what it runs',
      answers: [answerOf([...workloads, ...jobs.map(({ job }) => job)])],
    },
  };
}

function restart(
  context: string,
  namespace: string,
  live: readonly LiveObject[],
  workload: KubernetesObject,
  images: readonly BuildableImage[],
): Command[] {
  const there = live.find((object) => isSame(workload, object));
  const contents = imageContents(workload, images);
  const mark = there?.metadata.annotations?.[runsImages];
  if (there === undefined || mark === contents) return [];
  return [
    ...(mark === undefined
      ? []
      : [kubectl(context, ['rollout', 'restart', reference(workload), '--namespace', namespace])]),
    annotate(context, namespace, reference(workload), [`${runsImages}=${contents}`]),
  ];
}

function runningBuilt(
  objects: readonly KubernetesObject[],
  images: readonly BuildableImage[],
): KubernetesObject[] {
  return objects.filter((object) => restartable.has(object.kind) && imageContents(object, images) !== '');
}

function isSame(wanted: KubernetesObject, there: LiveObject): boolean {
  return wanted.kind === there.kind && wanted.metadata.name === there.metadata.name;
}

function annotate(context: string, namespace: string, name: string, marks: readonly string[]): Command {
  return kubectl(context, ['annotate', name, ...marks, '--overwrite', '--namespace', namespace]);
}
