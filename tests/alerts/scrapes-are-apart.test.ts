import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderSystem } from '../../trial/overlay/system.ts';
import { root } from '../house/repository.ts';
import { targetsOf } from './monitored.ts';
import { kustomize, monitoredSystems } from './rules.ts';

test('no two scrapes of a pod write the same series: one that fails would be hidden by one that does not', async () => {
  let scrapes = 0;
  for (const system of await monitoredSystems()) {
    const { model } = await renderSystem(root, kustomize, 'production', system);
    const series = targetsOf(model).map(
      // The path is no label: the operator tells monitor, pod, container and port, and Prometheus the address.
      ({ workload, labels }) => `${workload} ${JSON.stringify(Object.entries(labels).sort())}`,
    );
    assert.equal(
      series.filter((one, index) => series.indexOf(one) !== index),
      [],
      system,
    );
    scrapes += series.length;
  }
  assert.ok(scrapes > 15, `${scrapes} scrapes`);
});

test.run();
