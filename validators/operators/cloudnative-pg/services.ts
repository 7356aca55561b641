import type { KubernetesObject } from '../../render/objects.ts';
import type { Made } from '../made.ts';
import { type ClusterSpec, type Fields, type Labels, metadataOf, postgresPort } from './spec.ts';

/** Which of a cluster's pods a Service leads to. */
const selectors: Readonly<Record<string, Labels>> = {
  rw: { 'cnpg.io/instanceRole': 'primary' },
  ro: { 'cnpg.io/instanceRole': 'replica' },
  r: { 'cnpg.io/podRole': 'instance' },
};

const instancePort = { name: 'postgres', port: postgresPort, targetPort: postgresPort };

/** The Services of a `Cluster`: its own three, and those that it is given. */
export function services(cluster: KubernetesObject, spec: ClusterSpec, labels: Labels): Made[] {
  const { name } = cluster.metadata;
  const { disabledDefaultServices: disabled = [], additional = [] } = spec.managed?.services ?? {};
  const service = (
    type: string,
    metadata: { readonly name: string; readonly labels?: Labels },
    fields: Fields & { readonly ports?: readonly Fields[] },
    path: string,
  ): Made => {
    const given = fields.ports ?? [];
    const has = given.some((port) => port.name === instancePort.name || port.port === instancePort.port);
    return {
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: metadataOf(cluster, metadata.name, { ...labels, ...metadata.labels }),
        spec: {
          type: 'ClusterIP',
          ...fields,
          ports: has ? given : [...given, instancePort],
          selector: { 'cnpg.io/cluster': name, ...selectors[type] },
        },
      },
      paths: [
        ['metadata', `${path}.metadata`],
        ['spec', `${path}.spec`],
      ],
    };
  };
  return [
    ...['rw', 'ro', 'r']
      .filter((type) => type === 'rw' || !disabled.includes(type))
      .map((type): Made => ({ ...service(type, { name: `${name}-${type}` }, {}, ''), paths: [] })),
    ...additional.flatMap(({ selectorType = '', serviceTemplate = {} }, index) => {
      const named = serviceTemplate.metadata?.name;
      const path = `spec.managed.services.additional[${index}].serviceTemplate`;
      if (named === undefined) return [];
      return [
        service(selectorType, { ...serviceTemplate.metadata, name: named }, serviceTemplate.spec ?? {}, path),
      ];
    }),
  ];
}
