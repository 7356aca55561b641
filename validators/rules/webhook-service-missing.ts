import { describePorts } from '../graph/ports.ts';
import type { Model } from '../model/model.ts';
import { operatorMakes } from '../model/run-time.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { didYouMean, editDistance } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

/** A Service that the API server is told to call. */
interface Called {
  readonly object: KubernetesObject;
  readonly path: string;
  readonly service: { readonly name?: string; readonly namespace?: string; readonly port?: number };
  readonly effect: string;
  /** True where the API server goes on without it. */
  readonly ignored: boolean;
}

type ServiceReference = Called['service'];

function calls(model: Model): Called[] {
  const found: Called[] = [];
  const add = (
    object: KubernetesObject,
    path: string,
    service: ServiceReference | undefined,
    effect: string,
    ignored = false,
  ) => {
    if (service?.name) found.push({ object, path, service, effect, ignored });
  };
  for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration']) {
    for (const object of model.all('admissionregistration.k8s.io', kind)) {
      const { webhooks = [] } = object as {
        readonly webhooks?: readonly {
          readonly failurePolicy?: string;
          readonly clientConfig?: { readonly service?: ServiceReference };
        }[];
      };
      for (const [index, { clientConfig, failurePolicy }] of webhooks.entries()) {
        const ignored = failurePolicy === 'Ignore';
        const effect = ignored
          ? 'nothing would be asked of it'
          : 'the API server would refuse every object that it is asked about';
        add(object, `webhooks[${index}].clientConfig.service`, clientConfig?.service, effect, ignored);
      }
    }
  }
  for (const object of model.all('apiregistration.k8s.io', 'APIService')) {
    const spec = (object.spec ?? {}) as { readonly service?: ServiceReference | null };
    add(
      object,
      'spec.service',
      spec.service ?? undefined,
      'the API group would be unavailable, and namespaces could not be deleted',
    );
  }
  for (const object of model.all('apiextensions.k8s.io', 'CustomResourceDefinition')) {
    const spec = (object.spec ?? {}) as {
      readonly conversion?: {
        readonly webhook?: { readonly clientConfig?: { readonly service?: ServiceReference } };
      };
    };
    add(
      object,
      'spec.conversion.webhook.clientConfig.service',
      spec.conversion?.webhook?.clientConfig?.service,
      'objects of other versions could not be read',
    );
  }
  return found;
}

function judge(model: Model, { object, path, service, effect, ignored }: Called): Problem | undefined {
  const { name = '', namespace = 'default', port = 443 } = service;
  const mild = ignored ? { severity: 'warning' as const } : {};
  const there = model.service(namespace, name);
  if (there !== undefined) {
    const ports = there.typed.spec?.ports ?? [];
    if (ports.some((candidate) => candidate.port === port)) return undefined;
    const at = service.port === undefined ? path : `${path}.port`;
    const message = `it calls port ${port} of Service ${name}, which has ${describePorts(there)}: ${effect}`;
    return { object, path: at, message, ...mild };
  }
  // Whose Services the target does not hold, it does not know.
  if (operatorMakes(model, namespace, name)) return undefined;
  const elsewhere = model.services.find((candidate) => candidate.name === name);
  const names = model.names('', 'Service', namespace);
  const near = elsewhere !== undefined && didYouMean(namespace, [elsewhere.namespace]) !== '';
  if (names.length === 0 && !near) {
    // Nothing is known of that namespace; but a slip of the pen away there may be a Service elsewhere.
    const slip = model.services.find((candidate) => editDistance(candidate.name, name) <= 2);
    if (slip === undefined || slip.object.metadata.namespace === undefined) return undefined;
    const message = `it calls Service ${name} of namespace ${namespace}, which the target does not hold, and has ${slip.name} in namespace ${slip.namespace}: if that is meant, ${effect}`;
    return { object, path: `${path}.name`, message, severity: 'warning' };
  }
  // A Service without a namespace goes wherever it is applied.
  if (elsewhere !== undefined && elsewhere.object.metadata.namespace === undefined) return undefined;
  const hint =
    elsewhere === undefined ? didYouMean(name, names) : ` (there is one in namespace ${elsewhere.namespace})`;
  return {
    object,
    path: `${path}.${elsewhere === undefined ? 'name' : 'namespace'}`,
    message: `it calls Service ${name}, which is not in namespace ${namespace}${hint}: ${effect}`,
    ...(hint === '' ? { severity: 'warning' as const } : mild),
  };
}

/** A webhook, an APIService or a conversion of versions calls a Service, or a port of one, that is not there. */
export const webhookServiceMissing: Rule = {
  id: 'webhook-service-missing',
  severity: 'error',
  family: 'references',
  title: 'the API server is told to call a Service or port that is not there',
  *check({ model }) {
    for (const called of calls(model)) {
      const problem = judge(model, called);
      if (problem !== undefined) yield problem;
    }
  },
};
