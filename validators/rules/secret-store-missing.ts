import { namespaceOf } from '../model/model.ts';
import { missingObject } from './cluster-objects.ts';
import type { Rule } from './rule.ts';

const group = 'external-secrets.io';

interface StoreRef {
  readonly name?: string;
  readonly kind?: string;
}
interface Sourced {
  readonly sourceRef?: { readonly storeRef?: StoreRef };
}
interface ExternalSecretSpec {
  readonly secretStoreRef?: StoreRef;
  readonly data?: readonly Sourced[];
  readonly dataFrom?: readonly Sourced[];
}

/** An ExternalSecret reads from a store that neither the target nor the cluster has. */
export const secretStoreMissing: Rule = {
  id: 'secret-store-missing',
  severity: 'error',
  family: 'references',
  title: 'an ExternalSecret reads from a store that is not there',
  *check(context) {
    for (const object of context.model.all(group, 'ExternalSecret')) {
      const { secretStoreRef, data = [], dataFrom = [] } = (object.spec ?? {}) as ExternalSecretSpec;
      const at = (list: string) => (source: Sourced, index: number) => ({
        store: source.sourceRef?.storeRef,
        path: `spec.${list}[${index}].sourceRef.storeRef.name`,
      });
      const stores = [
        { store: secretStoreRef, path: 'spec.secretStoreRef.name' },
        ...data.map(at('data')),
        ...dataFrom.map(at('dataFrom')),
      ];
      for (const { store, path } of stores) {
        const { name = '', kind = 'SecretStore' } = store ?? {};
        const namespace = kind === 'SecretStore' ? namespaceOf(object) : undefined;
        const missing = name === '' ? undefined : missingObject(context, group, kind, namespace, name);
        if (missing === undefined) continue;
        const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
        yield {
          object,
          path,
          message: `it reads from ${kind} ${name}, which is not there${where}${missing.hint}: its Secret would never be made, and the pods that use it would wait`,
          severity: missing.severity,
        };
      }
    }
  },
};
