import { anyEnd, kind, mistyped, needed, referred, server } from '../choose.ts';
import { type Data, edit, end, type Operator, remove, skip } from '../mutant.ts';

/** Defects of the family services. */
export const services: readonly Operator[] = [
  {
    id: 'Service selector mistyped',
    family: 'services',
    expects: ['service-without-pods'],
    mutate: (objects) =>
      edit(objects, kind('Service'), ['spec.selector.*'], (value, _object, place) =>
        place.key === 'apps.kubernetes.io/pod-index' || place.key === 'statefulset.kubernetes.io/pod-name'
          ? skip
          : mistyped(value),
      ),
  },
  {
    id: 'Service of a pod that is not there',
    family: 'services',
    expects: ['service-pod-missing'],
    mutate: (objects) =>
      edit(objects, kind('Service'), ['spec.selector.[apps.kubernetes.io/pod-index]'], () => '99'),
  },
  {
    id: 'Service selector removed',
    family: 'services',
    expects: ['service-without-endpoints'],
    mutate: (objects) => edit(objects, kind('Service'), ['spec.selector'], () => undefined),
  },
  {
    id: 'pod label mistyped',
    family: 'services',
    expects: ['selector-mismatch'],
    mutate: (objects) =>
      edit(objects, server, ['spec.template.metadata.labels.[app.kubernetes.io/name]'], mistyped),
  },
  {
    id: 'workload selector mistyped',
    family: 'services',
    expects: ['selector-mismatch'],
    mutate: (objects) => edit(objects, server, ['spec.selector.matchLabels.*'], mistyped),
  },
  {
    id: 'target port mistyped',
    family: 'services',
    expects: ['service-port-unknown'],
    mutate: (objects) =>
      edit(objects, kind('Service'), ['spec.ports.*.targetPort'], (value) =>
        typeof value === 'number' ? value + 1 : mistyped(value),
      ),
  },
  {
    id: 'Service port for another protocol',
    family: 'services',
    expects: ['service-port-unknown'],
    mutate: (objects) =>
      edit(objects, kind('Service'), ['spec.ports.*'], (value) => ({ ...(value as Data), protocol: 'UDP' })),
  },
  {
    id: 'container port renamed',
    family: 'services',
    expects: [
      'service-port-unknown',
      'probe-port-missing',
      'policy-selects-nothing',
      'monitor-selects-nothing',
    ],
    mutate: (objects) =>
      edit(
        objects,
        server,
        ['spec.template.spec.containers.*.ports.*.name'],
        // A name that nothing refers to may be any.
        (value) =>
          JSON.stringify(objects).split(`"${value}"`).length > 2 && referred(objects, String(value))
            ? mistyped(value)
            : skip,
        anyEnd(objects),
      ),
  },
  {
    id: 'Service removed',
    family: 'services',
    expects: [
      'address-without-service',
      'headless-service-missing',
      'ingress-backend-missing',
      'monitor-selects-nothing',
      'fact',
    ],
    mutate: (objects) => remove(objects, kind('Service'), () => objects.map(end)),
  },
  {
    id: 'serviceName mistyped',
    family: 'services',
    expects: ['headless-service-missing'],
    mutate: (objects) => edit(objects, kind('StatefulSet'), ['spec.serviceName'], mistyped),
  },
  {
    id: 'headless Service given an address',
    family: 'services',
    expects: ['headless-service-missing'],
    mutate: (objects) =>
      edit(
        objects,
        (object) => object.kind === 'Service' && needed(objects).has(object.metadata.name),
        ['spec.clusterIP'],
        (value) => (value === 'None' ? undefined : skip),
      ),
  },
  {
    id: 'node port out of range',
    family: 'services',
    expects: ['not-offered'],
    mutate: (objects) => edit(objects, kind('Service'), ['spec.ports.*.nodePort'], () => 29999),
  },
  {
    id: 'Ingress backend mistyped',
    family: 'services',
    expects: ['ingress-backend-missing'],
    mutate: (objects) =>
      edit(
        objects,
        kind('Ingress'),
        [
          'spec.rules.*.http.paths.*.backend.service.name',
          'spec.rules.*.http.paths.*.backend.service.port.name',
        ],
        mistyped,
      ),
  },
  {
    id: 'Ingress certificate mistyped',
    family: 'services',
    expects: ['tls-secret-missing'],
    mutate: (objects) =>
      edit(objects, kind('Ingress'), ['spec.tls.*.secretName', 'spec.tls.*.hosts.*'], mistyped),
  },
  {
    id: 'node port that is not mapped',
    family: 'services',
    expects: ['node-port-unmapped'],
    mutate: (objects, environment) =>
      environment.nodePorts.mapped === undefined
        ? []
        : edit(objects, kind('Service'), ['spec.ports.*.nodePort'], (value) => Number(value) + 1111),
  },
  {
    id: 'path of an Ingress repeated',
    family: 'services',
    expects: ['route-repeated'],
    mutate: (objects) =>
      edit(objects, kind('Ingress'), ['spec.rules.*.http.paths'], (value) => {
        const [first] = value as Data[];
        const other = { service: { name: 'another', port: { number: 80 } } };
        return [...(value as Data[]), { ...first, backend: other }];
      }),
  },
];
