import type { KubernetesObject } from '../render/objects.ts';
import { didYouMean, nearest } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

const either = ['true', 'false'];

/** Options of a sync with the values that they have. Source: Argo CD, `gitops-engine/pkg/sync/common/types.go` and `controller/sync.go`. */
const options: ReadonlyMap<string, readonly string[]> = new Map([
  ...[
    'ApplyOutOfSyncOnly',
    'ClientSideApplyMigration',
    'CreateNamespace',
    'FailOnSharedResource',
    'Force',
    'PruneLast',
    'Replace',
    'RespectIgnoreDifferences',
    'ServerSideApply',
    'SkipDryRunOnMissingResource',
    'Validate',
  ].map((name) => [name, either] as const),
  ['Delete', [...either, 'confirm']],
  ['Prune', [...either, 'confirm']],
  ['PrunePropagationPolicy', ['background', 'foreground', 'orphan']],
]);

const hooks = ['PreSync', 'Sync', 'PostSync', 'SyncFail', 'Skip', 'PreDelete', 'PostDelete'];
const deletions = ['BeforeHookCreation', 'HookFailed', 'HookSucceeded'];

/** An option that nobody knows; one that is near none may be of a later version. */
function wrongOption(object: KubernetesObject, path: string, option: string): Problem | undefined {
  if (option === '' || option.includes('{{')) return undefined;
  const [name = '', value] = option.split('=');
  const values = options.get(name);
  if (values !== undefined && value !== undefined && values.includes(value)) return undefined;
  const problem = (what: string, severity: 'error' | 'warning' = 'error'): Problem => ({
    object,
    path,
    severity,
    message: `${what}: Argo CD passes over it without a word`,
  });
  if (values === undefined) {
    const names = [...options.keys()];
    const meant = nearest(name, names);
    const whole =
      meant === undefined ? '' : ` (did you mean "${meant}${value === undefined ? '' : `=${value}`}"?)`;
    return problem(
      `there is no option ${option} of a sync${whole}`,
      meant === undefined ? 'warning' : 'error',
    );
  }
  if (value === undefined) return problem(`the option ${name} has no value: it is ${values.join(' or ')}`);
  return problem(`the option ${name} is ${values.join(' or ')}, not ${value}${didYouMean(value, values)}`);
}

function* inSpec(object: KubernetesObject, at: string, spec: ApplicationSpec): Iterable<Problem> {
  for (const [index, option] of (spec.syncPolicy?.syncOptions ?? []).entries()) {
    const problem = wrongOption(object, `${at}.syncPolicy.syncOptions[${index}]`, option);
    if (problem) yield problem;
  }
  for (const [index, { jsonPointers = [] }] of (spec.ignoreDifferences ?? []).entries()) {
    for (const [position, pointer] of jsonPointers.entries()) {
      if (pointer.startsWith('/') || pointer.includes('{{')) continue;
      yield {
        object,
        path: `${at}.ignoreDifferences[${index}].jsonPointers[${position}]`,
        message:
          `${pointer} is no JSON pointer (did you mean "/${pointer.replace(/^\$?\.?/, '').replaceAll('.', '/')}"?): ` +
          'Argo CD would find no such field, and the difference would stay',
      };
    }
  }
}

interface ApplicationSpec {
  readonly syncPolicy?: { readonly syncOptions?: readonly string[] | null } | null;
  readonly ignoreDifferences?: readonly { readonly jsonPointers?: readonly string[] }[] | null;
}

const prefix = 'argocd.argoproj.io/';

function* inAnnotations(object: KubernetesObject): Iterable<Problem> {
  const annotations = object.metadata.annotations ?? {};
  const at = (name: string) => `metadata.annotations["${prefix}${name}"]`;
  const listed = (name: string) =>
    String(annotations[`${prefix}${name}`] ?? '')
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
  for (const option of listed('sync-options')) {
    const problem = wrongOption(object, at('sync-options'), option);
    if (problem) yield problem;
  }
  const asked = listed('hook');
  for (const hook of asked.filter((word) => !hooks.includes(word))) {
    const effect = asked.some((word) => hooks.includes(word))
      ? 'it would not run then'
      : 'it is a hook of no phase, and is never applied';
    yield {
      object,
      path: at('hook'),
      message: `there is no phase ${hook} of hooks${didYouMean(hook, hooks)}: ${effect}`,
    };
  }
  for (const policy of listed('hook-delete-policy').filter((word) => !deletions.includes(word)))
    yield {
      object,
      path: at('hook-delete-policy'),
      message: `there is no policy ${policy} to delete hooks by${didYouMean(policy, deletions)}: Argo CD passes over it, and goes by BeforeHookCreation`,
    };
  const wave = annotations[`${prefix}sync-wave`];
  if (wave !== undefined && !/^[+-]?\d+$/.test(wave))
    yield {
      object,
      path: at('sync-wave'),
      message: `the wave "${wave}" is no integer: Argo CD takes it for 0`,
    };
}

/** A setting of a sync is none that Argo CD knows: it is passed over in silence. */
export const syncSettingUnknown: Rule = {
  id: 'sync-setting-unknown',
  severity: 'error',
  family: 'gitops',
  title: 'a setting of a sync is none that Argo CD knows',
  *check({ model }) {
    for (const object of model.objects) {
      yield* inAnnotations(object);
      if (!object.apiVersion.startsWith('argoproj.io/')) continue;
      if (object.kind === 'Application')
        yield* inSpec(object, 'spec', (object.spec ?? {}) as ApplicationSpec);
      if (object.kind === 'ApplicationSet') {
        const { template } = (object.spec ?? {}) as {
          readonly template?: { readonly spec?: ApplicationSpec };
        };
        yield* inSpec(object, 'spec.template.spec', template?.spec ?? {});
      }
    }
  },
};
