import type { KubernetesObject } from '../../render/objects.ts';

/*
 * The fields of CloudNativePG's resources that decide what it makes, and what all of that has in common.
 * Source: github.com/cloudnative-pg/cloudnative-pg v1.29, `api/v1` and `pkg/specs`.
 */

export type Labels = Readonly<Record<string, string>>;
export type Fields = Readonly<Record<string, unknown>>;

export interface Reference {
  readonly name?: string;
  readonly key?: string;
}

export interface Storage {
  readonly size?: string;
  readonly storageClass?: string;
  readonly pvcTemplate?: Fields & { readonly resources?: unknown };
}

export interface ServiceTemplate {
  readonly metadata?: { readonly name?: string; readonly labels?: Labels };
  readonly spec?: Fields & { readonly ports?: readonly Fields[] };
}

export interface ClusterSpec {
  readonly instances?: number;
  readonly imageName?: string;
  readonly imagePullPolicy?: string;
  readonly serviceAccountName?: string;
  readonly resources?: Fields;
  readonly storage?: Storage;
  readonly walStorage?: Storage;
  readonly affinity?: Fields & {
    readonly enablePodAntiAffinity?: boolean;
    readonly podAntiAffinityType?: string;
    readonly topologyKey?: string;
    readonly nodeSelector?: Labels;
    readonly tolerations?: readonly unknown[];
    readonly nodeAffinity?: unknown;
  };
  readonly topologySpreadConstraints?: readonly unknown[];
  readonly postgresUID?: number;
  readonly postgresGID?: number;
  readonly priorityClassName?: string;
  readonly stopDelay?: number;
  readonly env?: readonly unknown[];
  readonly inheritedMetadata?: { readonly labels?: Labels };
  readonly enableSuperuserAccess?: boolean;
  readonly superuserSecret?: Reference;
  readonly bootstrap?: Fields & {
    readonly initdb?: {
      readonly secret?: Reference;
      readonly postInitApplicationSQLRefs?: { readonly configMapRefs?: readonly Reference[] };
    };
  };
  readonly certificates?: {
    readonly serverCASecret?: string;
    readonly serverTLSSecret?: string;
    readonly replicationTLSSecret?: string;
  };
  readonly managed?: {
    readonly roles?: readonly { readonly passwordSecret?: Reference }[];
    readonly services?: {
      readonly disabledDefaultServices?: readonly string[];
      readonly additional?: readonly {
        readonly selectorType?: string;
        readonly serviceTemplate?: ServiceTemplate;
      }[];
    };
  };
  readonly monitoring?: {
    readonly enablePodMonitor?: boolean;
    readonly customQueriesConfigMap?: readonly Reference[];
  };
}

export const postgresPort = 5432;
/** Where the manager in each pod answers the operator. */
export const statusPort = 8000;

export const restricted = {
  privileged: false,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** Metadata of what is made of a resource: in its namespace, and in its wave of a sync. */
export function metadataOf({ metadata }: KubernetesObject, name: string, labels: Labels) {
  const wave = metadata.annotations?.['argocd.argoproj.io/sync-wave'];
  return {
    name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    labels: { ...labels },
    ...(wave === undefined ? {} : { annotations: { 'argocd.argoproj.io/sync-wave': wave } }),
  };
}

export function labelsOf(cluster: string, component: string): Record<string, string> {
  return {
    'cnpg.io/cluster': cluster,
    'app.kubernetes.io/name': 'postgresql',
    'app.kubernetes.io/instance': cluster,
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/managed-by': 'cloudnative-pg',
  };
}
