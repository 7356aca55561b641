import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { renderSystem } from '../../trial/overlay/system.ts';
import { root } from '../house/repository.ts';

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A file of rules, as Prometheus is given it. */
export interface RuleFile {
  readonly name: string;
  readonly groups: readonly { readonly name: string; readonly rules: readonly Alert[] }[];
}

/** The kustomize that the runner found. */
export const kustomize = process.env.KUSTOMIZE ?? 'kustomize';

/** The systems that production's Prometheus scrapes. */
export async function monitoredSystems(): Promise<string[]> {
  return (await readdir(join(root, 'base', 'components', 'monitoring'))).sort();
}

/** The namespace of a system in production. */
export const namespaceOf = (system: string): string => (system === 'lambda' ? 'prod' : system);

/** The PrometheusRules of a system in production, by their names; every rule of theirs is an alert. */
export async function ruleFiles(system: string): Promise<RuleFile[]> {
  const { model } = await renderSystem(root, kustomize, 'production', system);
  return [...model.all('monitoring.coreos.com', 'PrometheusRule')].map(({ metadata, spec }) => {
    const { groups } = spec as unknown as Pick<RuleFile, 'groups'>;
    return { name: metadata.name, groups };
  });
}

/** All alerts of some files. */
export function alertsOf(files: readonly RuleFile[]): Alert[] {
  return files.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
}
