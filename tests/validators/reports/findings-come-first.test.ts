import type { CheckedTarget, Finding, RenderedObject } from '@plumbline/validators';
import { textReport } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { environment } from '../rules/judged.ts';

const object = (kind: string, name: string): RenderedObject => ({
  object: { apiVersion: 'v1', kind, metadata: { name } },
  text: '',
  digest: `${kind}/${name}`,
});

function checked(
  name: string,
  findings: readonly Finding[],
  objects: readonly RenderedObject[] = [object('Service', 'a')],
  cached = false,
): CheckedTarget {
  const [of = '', system] = name.split('/');
  return {
    target: {
      name,
      environment: of,
      ...(system === undefined ? {} : { system }),
      folder: `overlays/${name}`,
    },
    environment: { ...environment, name: of },
    objects,
    asks: { objects: objects.length, pods: 3, cpu: 1.25, memory: 2 ** 30, storage: 0 },
    findings,
    flows: [],
    applications: 0,
    notChecked: [],
    cached,
  };
}

const resource = { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'api' };
const typo: Finding = {
  rule: 'schema',
  severity: 'error',
  resource,
  path: 'spec.portss',
  message: 'there is no field portss',
  source: { file: 'base/shop/service.yaml', line: 7 },
};
const plain = { colour: false };

test('a finding says rule, object, field, message, file with line, and target', () => {
  const [first, second, third, fourth] = textReport([checked('kind/shop', [typo])], plain).split('\n');
  assert.equal(
    [first, second, third, fourth],
    [
      'error schema Service shop/api spec.portss',
      '  there is no field portss',
      '  at base/shop/service.yaml:7',
      '  in kind/shop',
    ],
  );
});

test('a finding that several targets share is said once, also where the message names the target', () => {
  const failed = (name: string): Finding => ({
    rule: 'render',
    severity: 'error',
    message: `${name} does not render`,
    source: { file: 'base/shop/kustomization.yaml' },
  });
  const report = textReport(
    [
      checked('kind', [typo, failed('kind')], []),
      checked('kind/shop', [typo, failed('kind/shop')], []),
      checked('production/shop', [{ ...typo, path: 'spec.other' }]),
    ],
    plain,
  );
  assert.is(report.match(/^error schema/gm)?.length, 2);
  assert.is(report.match(/^error render/gm)?.length, 1);
  assert.is(report.match(/^ {2}in kind, kind\/shop$/gm)?.length, 2);
});

test('each environment has a table of what its targets hold and ask of what they may', () => {
  const report = textReport([checked('kind', []), checked('kind/shop', [typo])], plain);
  assert.match(report, 'kind: 3 nodes, 6 CPU, 12Gi\n');
  assert.match(report, /all +1 +3 +1\.25 +6 +1Gi +12Gi +0 {2}valid\n/);
  assert.match(report, /shop +1 +3 +1\.25 +6 +1Gi +12Gi +0 {2}1 error\n/);
});

test('the last line counts targets, objects, kinds and findings', () => {
  const both = [object('Service', 'a'), object('Deployment', 'a')];
  const warning: Finding = { ...typo, severity: 'warning' };
  const report = textReport(
    [
      checked('kind', [], both, true),
      checked('kind/shop', [warning], both),
      checked('kind/other', [typo], []),
    ],
    plain,
  );
  assert.is(
    report.trimEnd().split('\n').at(-1),
    '2 of 3 targets rendered (1 as before), 4 objects (2 distinct) of 2 kinds against their schemas, 0 skipped: 1 error, 1 warning',
  );
  assert.match(textReport([], plain), /0 errors, 0 warnings\n$/);
});

test('colour comes only when it is asked for', () => {
  const found = [checked('kind/shop', [typo])];
  assert.not.match(textReport(found, plain), '\u001b');
  assert.match(textReport(found, { colour: true }), '\u001b[31merror');
});

test.run();
