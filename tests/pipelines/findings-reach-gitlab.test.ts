import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Finding } from '../../validators/finding.ts';
import { gitlabReport } from '../../validators/reports/gitlab.ts';

interface Issue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const finding = (change: Partial<Finding> = {}): Finding => ({
  rule: 'service-without-pods',
  severity: 'error',
  message: 'it selects app=shop',
  resource: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web' },
  path: 'spec.selector["app"]',
  source: { file: 'base/shop/service.yaml', line: 6 },
  ...change,
});

function issues(...targets: readonly (readonly Finding[])[]): Issue[] {
  const report = targets.map((findings, index) => ({
    target: `kind-${index}`,
    resources: [],
    flows: [],
    findings,
    notChecked: [],
  }));
  return JSON.parse(gitlabReport({ version: 1, targets: report })) as Issue[];
}

test("a finding has GitLab's five fields, at its line, once for all targets that share it", () => {
  const [issue, ...others] = issues([finding()], [finding()]);
  assert.equal(others, []);
  assert.match(issue?.fingerprint ?? '', /^[0-9a-f]{64}$/);
  assert.equal(
    { ...issue, fingerprint: '' },
    {
      description: 'Service shop/web spec.selector["app"]: it selects app=shop (kind-0, kind-1)',
      check_name: 'service-without-pods',
      fingerprint: '',
      severity: 'critical',
      location: { path: 'base/shop/service.yaml', lines: { begin: 6 } },
    },
  );
});

test('a warning is minor, a file without a line is shown at its first, none is shown nowhere', () => {
  const { source: _, ...nowhere } = finding();
  const all = issues([
    finding({ severity: 'warning', rule: 'token-for-nothing' }),
    finding({ rule: 'render', source: { file: 'kustomization.yaml' } }),
    nowhere,
  ]);
  assert.equal(
    all.map(({ severity, location }) => [severity, location.path, location.lines.begin]),
    [
      ['minor', 'base/shop/service.yaml', 6],
      ['critical', 'kustomization.yaml', 1],
    ],
  );
});

test('a finding that moves is the same issue, two of one kind are two, and nothing is an empty list', () => {
  const print = (...findings: Finding[]) => issues(findings).map(({ fingerprint }) => fingerprint);
  const moved = finding({ source: { file: 'base/shop/service.yaml', line: 60 } });
  assert.equal(print(finding()), print(moved));
  const both = print(finding(), finding({ message: 'and another' }));
  assert.is(new Set(both).size, 2);
  assert.equal(print(), []);
});

test.run();
