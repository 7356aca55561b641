import type { Model } from '../model/model.ts';
import { own } from '../own.ts';
import type { KubernetesObject } from '../render/objects.ts';

/** When Argo CD applies an object in a sync: first by phase, then by wave; each waits for what came before to be healthy. */
export interface Turn {
  readonly phase: 'PreSync' | 'Sync' | 'PostSync' | 'SyncFail' | 'Skip';
  readonly wave: number;
}

const phases = ['PreSync', 'Sync', 'PostSync'];

/** Helm's hooks as Argo CD reads them. Source: Argo CD, `docs/user-guide/helm.md`. */
const helmPhases: Readonly<Record<string, Turn['phase']>> = {
  'pre-install': 'PreSync',
  'pre-upgrade': 'PreSync',
  'post-install': 'PostSync',
  'post-upgrade': 'PostSync',
};

const waveKey = 'argocd.argoproj.io/sync-wave';
const hookKey = 'argocd.argoproj.io/hook';

/** An object's turn. Source: Argo CD, `docs/user-guide/sync-waves.md`. */
export function turnOf({ metadata }: KubernetesObject): Turn {
  const annotations = metadata.annotations ?? {};
  const wave = Number.parseInt(annotations[waveKey] ?? annotations['helm.sh/hook-weight'] ?? '0', 10);
  const hook = annotations[hookKey]?.split(',')[0]?.trim();
  const helm = annotations['helm.sh/hook']?.split(',')[0]?.trim() ?? '';
  const phase =
    (hook as Turn['phase'] | undefined) ?? own(helmPhases, helm) ?? (helm === '' ? 'Sync' : 'Skip');
  return { phase, wave: Number.isNaN(wave) ? 0 : wave };
}

/** True when one turn comes after another; what only runs when a sync failed, or never, comes after nothing. */
export function isLater(a: Turn, b: Turn): boolean {
  const [first, second] = [phases.indexOf(a.phase), phases.indexOf(b.phase)];
  if (first < 0 || second < 0) return false;
  return first === second ? a.wave > b.wave : first > second;
}

/** `wave -2`, beside another turn of the same phase; else `the phase PreSync`. */
export function describeTurn({ phase, wave }: Turn, beside: Turn): string {
  return phase === beside.phase ? `wave ${wave}` : `the phase ${phase}`;
}

/** True when objects of a target say when they are applied. */
export function hasWaves({ objects }: Model): boolean {
  return objects.some(({ metadata }) =>
    [waveKey, hookKey, 'helm.sh/hook'].some((key) => metadata.annotations?.[key] !== undefined),
  );
}

/** Where an object says it. */
export function waveField({ metadata }: KubernetesObject): string {
  return metadata.annotations?.[waveKey] === undefined && metadata.annotations?.[hookKey] !== undefined
    ? `metadata.annotations["${hookKey}"]`
    : `metadata.annotations["${waveKey}"]`;
}
