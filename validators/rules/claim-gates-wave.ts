import { describeTurn, hasWaves, isLater, turnOf, waveField } from '../gitops/waves.ts';
import type { Rule } from './rule.ts';

/** A claim in a wave of its own: it binds when a pod mounts it, and the pod's wave waits for the claim. */
export const claimGatesWave: Rule = {
  id: 'claim-gates-wave',
  severity: 'error',
  family: 'gitops',
  title: 'a claim that binds at its first consumer is applied in a wave before that consumer',
  *check({ model }) {
    if (!hasWaves(model)) return;
    for (const { object, namespace, name, typed } of model.claims) {
      // One that names its volume, or asks for none of a class, is bound without a pod.
      if (typed.spec?.volumeName || typed.spec?.storageClassName === '') continue;
      const turn = turnOf(object);
      const consumers = model
        .workloadsIn(namespace)
        .filter(({ pod }) =>
          (pod.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === name),
        );
      const running = consumers.filter(({ kind }) => kind !== 'CronJob');
      if (consumers.length === 0 || running.some((consumer) => !isLater(turnOf(consumer.object), turn)))
        continue;
      const [first = consumers[0]] = running;
      if (first === undefined) continue;
      // Nothing comes after it, so nothing waits for it.
      if (!model.objects.some((other) => isLater(turnOf(other), turn))) continue;
      const when =
        running.length === 0
          ? `${first.kind} ${first.name} mounts it, whenever it next runs`
          : `${first.kind} ${first.name} mounts it in ${describeTurn(turnOf(first.object), turn)} only`;
      yield {
        object,
        path: waveField(object),
        message:
          `claim ${name} comes in ${describeTurn(turn, turnOf(first.object))}, and ${when}: of a class that binds at the first consumer it stays Pending, ` +
          'and the sync waits for it and gets no further',
      };
    }
  },
};
