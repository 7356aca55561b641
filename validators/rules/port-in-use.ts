import type { Flows } from '../graph/flows.ts';
import { isHeadless } from '../graph/ports.ts';
import type { Service, ServicePort } from '../model/kubernetes.ts';
import type { Model, Typed } from '../model/model.ts';
import { type LabelSelector, matchesSelector } from '../model/selectors.ts';
import { namespacesOf } from './monitor-selects-nothing.ts';

interface MonitorSpec {
  readonly selector?: LabelSelector;
  readonly endpoints?: readonly { readonly port?: string }[];
}

/**
 * True when something of the target goes through a port of a Service. Any Service but a headless one has a proxy before its
 * ports; the name of a headless one leads to the pods themselves, whatever its ports say, and only SRV records, monitors and
 * the controllers that read its endpoints go by them.
 */
export function isInUse(model: Model, flows: Flows, service: Typed<Service>, port: ServicePort): boolean {
  if (!isHeadless(service)) return true;
  return (
    isAddressed(flows, service, port) || isScraped(model, service, port) || isRouted(model, service, port)
  );
}

function isAddressed({ flows, deadEnds }: Flows, service: Typed<Service>, port: ServicePort): boolean {
  const numbers = [port.port, port.targetPort];
  if (
    flows.some((flow) => flow.service?.object === service.object && numbers.includes(flow.told.address.port))
  )
    return true;
  return deadEnds.some(
    ({ told: { address } }) =>
      numbers.includes(address.port) && address.host.split('.').slice(0, 2).includes(service.name),
  );
}

function isScraped(model: Model, service: Typed<Service>, { name }: ServicePort): boolean {
  return model.all('monitoring.coreos.com', 'ServiceMonitor').some((monitor) => {
    const { selector = {}, endpoints = [] } = (monitor.spec ?? {}) as MonitorSpec;
    return (
      namespacesOf(model, monitor).includes(service.namespace) &&
      matchesSelector(selector, service.object.metadata.labels ?? {}) &&
      endpoints.some(({ port }) => port !== undefined && port === name)
    );
  });
}

/** Kinds whose controllers lead requests to the endpoints of Services. */
const routes = /^(?:Ingress|IngressRoute(?:TCP|UDP)?|(?:HTTP|GRPC|TCP|TLS|UDP)Route|VirtualService)$/;

function isRouted(model: Model, service: Typed<Service>, { name, port }: ServicePort): boolean {
  return model.objects.some((object) => {
    if (!routes.test(object.kind)) return false;
    const text = JSON.stringify(object.spec ?? {});
    const named = text.includes(`"${service.name}"`);
    return named && [`:${port}`, `:"${port}"`, `:"${name}"`].some((written) => text.includes(written));
  });
}
