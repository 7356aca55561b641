import type { KubernetesObject } from '../render/objects.ts';

/** True for an object that what applies it deletes and makes anew instead of patching it: Argo CD's and Helm's hooks, Flux's force. */
export function isReplaced({ metadata }: KubernetesObject): boolean {
  const annotations = metadata.annotations ?? {};
  return (
    'argocd.argoproj.io/hook' in annotations ||
    'helm.sh/hook' in annotations ||
    /\b(?:Replace|Force)=true\b/.test(annotations['argocd.argoproj.io/sync-options'] ?? '') ||
    /^(?:enabled|true)$/i.test(annotations['kustomize.toolkit.fluxcd.io/force'] ?? '')
  );
}
