import { secretsOfCluster } from '../operators/cloudnative-pg/secrets.ts';
import type { KubernetesObject } from '../render/objects.ts';

/** A ConfigMap or Secret as pods see it, wherever it comes from. */
export interface Configuration {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly namespace: string;
  readonly name: string;
  /** Values by key; undefined where only the cluster knows the value. */
  readonly values: ReadonlyMap<string, string | undefined>;
  /** True when it may have keys beyond those known. */
  readonly open: boolean;
  /** The object that it is, or that makes it. */
  readonly object: KubernetesObject;
  /** Where a key's value stands in that object. */
  readonly pathOf: (key: string) => string;
}

interface ExternalSecretSpec {
  readonly target?: {
    readonly name?: string;
    readonly creationPolicy?: string;
    readonly template?: {
      readonly mergePolicy?: string;
      readonly data?: Readonly<Record<string, string>>;
      readonly templateFrom?: unknown;
    };
  };
  readonly data?: readonly { readonly secretKey: string }[];
  readonly dataFrom?: readonly unknown[];
}

function decode(value: string): string {
  return Buffer.from(value, 'base64').toString('utf8');
}

/** A template's text where something of it stands in git; what is fetched stays a template in it. */
function partlyKnown(template: string | undefined): string | undefined {
  return template?.replaceAll(/\{\{[^{}]*\}\}/g, '').trim() ? template : undefined;
}

/**
 * The ConfigMaps and Secrets that an object is or makes: itself; what an ExternalSecret, a SealedSecret or a
 * cert-manager Certificate would create, and the logins and certificates of a CloudNativePG Cluster.
 */
export function readConfigurations(object: KubernetesObject): Configuration[] {
  const namespace = object.metadata.namespace ?? 'default';
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
  const { name } = object.metadata;
  const field = (map: string) => (key: string) => `${map}["${key}"]`;
  switch (`${group}/${object.kind}`) {
    case '/ConfigMap': {
      const data = Object.entries((object.data ?? {}) as Record<string, unknown>);
      const binary = Object.keys((object.binaryData ?? {}) as object).map((key) => [key, undefined] as const);
      const values = new Map([...data.map(([key, value]) => [key, String(value ?? '')] as const), ...binary]);
      return [{ kind: 'ConfigMap', namespace, name, values, open: false, object, pathOf: field('data') }];
    }
    case '/Secret': {
      const data = Object.entries((object.data ?? {}) as Record<string, string | null>).map(
        ([key, value]) => [key, decode(value ?? '')] as const,
      );
      const plain = Object.entries((object.stringData ?? {}) as Record<string, unknown>);
      const values = new Map([...data, ...plain.map(([key, value]) => [key, String(value ?? '')] as const)]);
      const pathOf = (key: string) =>
        field(Object.hasOwn((object.stringData ?? {}) as object, key) ? 'stringData' : 'data')(key);
      const token = object.type === 'kubernetes.io/service-account-token';
      return [{ kind: 'Secret', namespace, name, values, open: token, object, pathOf }];
    }
    case 'external-secrets.io/ExternalSecret': {
      const spec = (object.spec ?? {}) as ExternalSecretSpec;
      const template = spec.target?.template;
      if (spec.target?.creationPolicy === 'None') return [];
      const fetched = (spec.data ?? []).map(({ secretKey }) => secretKey);
      const made = Object.keys(template?.data ?? {});
      // A template replaces what was fetched, unless it is merged into it.
      const keys =
        template?.data === undefined
          ? fetched
          : template.mergePolicy === 'Merge'
            ? [...fetched, ...made]
            : made;
      const open =
        (spec.dataFrom ?? []).length > 0 ||
        template?.templateFrom !== undefined ||
        spec.target?.creationPolicy === 'Merge';
      return [
        {
          kind: 'Secret',
          namespace,
          name: spec.target?.name ?? name,
          values: new Map(keys.map((key) => [key, partlyKnown(template?.data?.[key])])),
          open,
          object,
          pathOf: (key) =>
            template?.data !== undefined && Object.hasOwn(template.data, key)
              ? `spec.target.template.data["${key}"]`
              : 'spec.data',
        },
      ];
    }
    case 'bitnami.com/SealedSecret': {
      const spec = (object.spec ?? {}) as {
        encryptedData?: object;
        template?: { metadata?: { name?: string } };
      };
      const values = new Map(Object.keys(spec.encryptedData ?? {}).map((key) => [key, undefined]));
      const made = spec.template?.metadata?.name ?? name;
      return [
        {
          kind: 'Secret',
          namespace,
          name: made,
          values,
          open: true,
          object,
          pathOf: field('spec.encryptedData'),
        },
      ];
    }
    case 'postgresql.cnpg.io/Cluster':
      return secretsOfCluster(object).map(({ name, keys, path }) => ({
        kind: 'Secret',
        namespace,
        name,
        values: new Map(keys.map((key) => [key, undefined])),
        open: false,
        object,
        pathOf: () => path,
      }));
    case 'cert-manager.io/Certificate': {
      const { secretName } = (object.spec ?? {}) as { secretName?: string };
      if (secretName === undefined) return [];
      const values = new Map(['tls.crt', 'tls.key', 'ca.crt'].map((key) => [key, undefined]));
      // Keystores and other formats add keys of their own.
      return [
        {
          kind: 'Secret',
          namespace,
          name: secretName,
          values,
          open: true,
          object,
          pathOf: () => 'spec.secretName',
        },
      ];
    }
    default:
      return [];
  }
}
