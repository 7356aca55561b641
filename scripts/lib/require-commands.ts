import { UsageError } from '@plumbline/validators';
import { which } from 'zx';

/** Where a command that nobody here can build comes from. */
const sources: Readonly<Record<string, string>> = {
  kubectl: 'https://kubernetes.io/docs/tasks/tools/',
  kind: 'https://kind.sigs.k8s.io/docs/user/quick-start/#installation',
  minikube: 'https://minikube.sigs.k8s.io/docs/start/',
};

/** @throws UsageError that names the commands which are not on PATH and says where they come from. */
export async function requireCommands(names: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const name of names) {
    if ((await which(name, { nothrow: true })) === null) missing.push(`  ${name}: ${sources[name] ?? ''}`);
  }
  if (missing.length > 0) throw new UsageError(`Not on PATH, and needed:\n${missing.join('\n')}`);
}
