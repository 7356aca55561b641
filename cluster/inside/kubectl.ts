import { kubeconfigOf } from '../control-plane/components.ts';
import { inNetwork, must } from './command.ts';
import { until } from './until.ts';

export interface Kubectl {
  /** Runs kubectl as the cluster's admin. @throws Error when it fails. */
  readonly run: (args: readonly string[]) => Promise<string>;
  /** Applies objects; tried again while the API server is not ready to take them. */
  readonly apply: (objects: readonly object[]) => Promise<void>;
  /** Waits until kubectl succeeds. @throws Error with its last words after two minutes. */
  readonly until: (what: string, args: readonly string[]) => Promise<void>;
}

export function kubectlOf(program: string): Kubectl {
  const argv = (args: readonly string[]) =>
    inNetwork([program, `--kubeconfig=${kubeconfigOf('admin')}`, ...args]);
  const run = (args: readonly string[], input?: string) =>
    must(argv(args), input === undefined ? {} : { input });
  return {
    run,
    async apply(objects) {
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
      const args = ['apply', '--server-side', '--force-conflicts', '--filename=-'];
      await until('the API server takes objects', () => run(args, input));
    },
    until: (what, args) => until(what, () => run(args)),
  };
}
