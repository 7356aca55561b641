import { selectors, workloads } from '../objects.ts';
import { type HouseRule, violation } from '../violation.ts';

const name = 'app.kubernetes.io/name';
const partOf = 'app.kubernetes.io/part-of';
const component = 'app.kubernetes.io/component';
const instance = 'app.kubernetes.io/instance';

/** What belongs to one workload and says which. */
const ofWorkload = new Set([
  'CronJob',
  'Deployment',
  'Job',
  'PersistentVolumeClaim',
  'Service',
  'ServiceAccount',
  'StatefulSet',
]);

/** Every object says which system it is part of and in which environment; what belongs to a workload also which. */
export const labels: HouseRule = ({ target, objects }) =>
  objects.flatMap((object) => {
    const found = object.metadata.labels ?? {};
    const wrong: string[] = [];
    if (found[instance] !== target.environment) wrong.push(`${instance} must be ${target.environment}`);
    if (target.system !== undefined && found[partOf] !== target.system) {
      wrong.push(`${partOf} must be ${target.system}`);
    }
    if (ofWorkload.has(object.kind)) {
      for (const label of [name, component])
        if (found[label] === undefined) wrong.push(`there is no ${label}`);
    }
    return wrong.map((message) => violation(object, 'metadata.labels', message));
  });

/** Labels that change with the place of an object select nothing: a selector never changes. */
export const selectorsHoldStill: HouseRule = ({ objects }) => {
  const moving = [partOf, component, instance, 'environment'];
  return objects.flatMap((object) =>
    selectors(object.spec, 'spec').flatMap(({ path, labels: chosen }) =>
      moving
        .filter((label) => label in chosen)
        .map((label) => violation(object, path, `it selects by ${label}, which is no part of a selector`)),
    ),
  );
};

/** A workload selects its pods by their name alone, and its pods have it. */
export const workloadsSelectByName: HouseRule = ({ objects }) =>
  workloads(objects)
    .filter(({ longRunning }) => longRunning)
    .flatMap(({ object, labels: found }) => {
      const [chosen] = selectors({ selector: (object.spec as { selector?: unknown }).selector }, 'spec');
      const keys = Object.keys(chosen?.labels ?? {});
      if (keys.length === 1 && keys[0] === name && chosen?.labels[name] === found[name]) return [];
      return [violation(object, 'spec.selector', `it must select by ${name} alone: ${keys.join(', ')}`)];
    });

/** Pods carry the labels that the seeds' commands select by, and their name. */
export const podLabels: HouseRule = ({ objects }) =>
  workloads(objects).flatMap(({ object, labels: found, path }) =>
    ['app', 'tier', 'environment', name]
      .filter((label) => found[label] === undefined)
      .map((label) => violation(object, `${path}.metadata.labels`, `its pods have no label ${label}`)),
  );
