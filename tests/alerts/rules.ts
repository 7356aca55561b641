import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { renderSystem } from '../../trial/overlay/system.ts';
import { root } from '../house/repository.ts';

interface Rule {
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Alert extends Rule {
  readonly alert: string;
  readonly for?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A series that is written for alerts and dashboards to ask for. */
export interface Recording extends Rule {
  readonly record: string;
}

/** A file of rules, as Prometheus is given it. */
export interface RuleFile {
  readonly name: string;
  readonly groups: readonly { readonly name: string; readonly rules: readonly (Alert | Recording)[] }[];
}

/** The kustomize that the runner found. */
export const kustomize = process.env.KUSTOMIZE ?? 'kustomize';

/** The systems that production's Prometheus scrapes. */
export async function monitoredSystems(): Promise<string[]> {
  return (await readdir(join(root, 'base', 'components', 'monitoring'))).sort();
}

/** The namespace of a system in production. */
export const namespaceOf = (system: string): string => (system === 'lambda' ? 'prod' : system);

/** The PrometheusRules of a system in production, by their names. */
export async function ruleFiles(system: string): Promise<RuleFile[]> {
  const { model } = await renderSystem(root, kustomize, 'production', system);
  return [...model.all('monitoring.coreos.com', 'PrometheusRule')].map(({ metadata, spec }) => {
    const { groups } = spec as unknown as Pick<RuleFile, 'groups'>;
    return { name: metadata.name, groups };
  });
}

/** All alerts of some files. */
export function alertsOf(files: readonly RuleFile[]): Alert[] {
  return rulesOf(files).filter((rule) => 'alert' in rule);
}

/** All series that some files record. */
export function recordingsOf(files: readonly RuleFile[]): Recording[] {
  return rulesOf(files).filter((rule) => 'record' in rule);
}

function rulesOf(files: readonly RuleFile[]): (Alert | Recording)[] {
  return files.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
}
