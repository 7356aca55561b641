import { glob, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kubeconform } from './kubeconform.ts';

/** What kubeconform must say of each file in `fixtures/bad`, in part. */
const REASONS: Readonly<Record<string, string>> = {
  'bad-quantity': "at '/spec/resources/requests/storage': '10GB' does not match pattern",
  'duplicate-key': 'key "a" already set in map',
  'float-as-int-or-string': "at '/spec/maxUnavailable': got number",
  'kind-in-the-wrong-case': "at '/kind': value must be 'ConfigMap'",
  'metadata-typo-in-a-custom-resource': "at '/metadata': additional properties 'annotation' not allowed",
  'missing-required-field': "at '/spec': missing property 'maxReplicas'",
  'null-in-a-map': "at '/data/a': got null, want string",
  'null-required-field': "at '/spec/selector': got null, want object",
  'number-as-label': "at '/metadata/labels/version': got number, want string",
  'removed-api-version': 'could not find schema for PodDisruptionBudget',
  'secret-data-not-base64': "at '/data/password': 'not base64!' does not match pattern",
  'unknown-field':
    "at '/spec/template/spec/containers/0': additional properties 'imagePulPolicy' not allowed",
  'unknown-field-in-a-custom-resource':
    "at '/spec/endpoints/0': additional properties 'intervall' not allowed",
  'unknown-field-in-a-nested-generator':
    "at '/spec/generators/0/matrix/generators/0/git': additional properties 'revison' not allowed",
  'unknown-kind': 'could not find schema for Deploymnet',
  'unserved-version': 'could not find schema for ExternalSecret',
  'wrong-enum': "at '/spec/concurrencyPolicy': value must be one of 'Allow', 'Forbid', 'Replace'",
  'wrong-enum-in-a-list': "at '/spec/policyTypes/0': value must be one of 'Egress', 'Ingress'",
  'wrong-kind-of-claim-template':
    "at '/spec/volumeClaimTemplates/0/kind': value must be one of 'PersistentVolumeClaim'",
};

const folder = join(import.meta.dirname, 'fixtures', 'bad');

test('every bad example has a reason, and every reason an example', async () => {
  const files = await Array.fromAsync(glob('*.yaml', { cwd: folder }));
  assert.equal(files.map((file) => basename(file, '.yaml')).toSorted(), Object.keys(REASONS).toSorted());
});

for (const [name, reason] of Object.entries(REASONS)) {
  test(`${name} is refused`, async () => {
    const [verdict, ...others] = await kubeconform(await readFile(join(folder, `${name}.yaml`), 'utf8'));
    assert.is(others.length, 0);
    assert.match(verdict?.status ?? 'no verdict', /^status(Invalid|Error)$/);
    assert.ok(verdict?.msg.includes(reason), verdict?.msg);
  });
}

test.run();
