import { type KafkaServer, kafkaServers, type Listener } from '../graph/kafka.ts';
import type { Problem, Rule } from './rule.ts';

/** True where Kafka takes one port twice: for an IPv4 and an IPv6 address, one of which may not be known here. */
function mayShare(a: Listener, b: Listener): boolean {
  const isV6 = ({ host }: Listener) => host.startsWith('[');
  const mayBeV4 = ({ host }: Listener) => /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes('$');
  return (isV6(a) && mayBeV4(b)) || (isV6(b) && mayBeV4(a)) || (a.host.includes('$') && b.host.includes('$'));
}

/** Lines of Kafka before 3.9, which take no controller's listener among the announced; by the tags of images. */
const before39 =
  /(?:^|\/)kafka(?:-native)?:3\.[0-8](?:\D|$)|(?:^|\/)cp-(?:enterprise-)?kafka:7\.[0-8](?:\D|$)/;

function* refusals(server: KafkaServer): Iterable<{ readonly key: string; readonly message: string }> {
  const { listeners = [], advertised = [], settings, controllers, roles, container } = server;
  for (const [index, one] of listeners.entries()) {
    for (const other of listeners.slice(index + 1)) {
      if (one.name === other.name)
        yield { key: 'listeners', message: `listener ${one.name} stands there twice` };
      else if (one.port !== undefined && one.port > 0 && one.port === other.port && !mayShare(one, other))
        yield { key: 'listeners', message: `${one.name} and ${other.name} listen both on ${one.port}` };
    }
  }
  for (const { name, host } of roles.broker ? advertised : []) {
    if (/^(?:0\.0\.0\.0|\[::\])$/.test(host))
      yield { key: 'advertised.listeners', message: `it announces ${name} as ${host}, which is no address` };
    if (controllers.includes(name) && before39.test(container.spec.image ?? ''))
      yield {
        key: 'advertised.listeners',
        message: `it announces ${name}, which is the controllers' listener and no client's`,
      };
  }
  const between = settings.get('inter.broker.listener.name')?.value;
  const announced = advertised.map(({ name }) => name);
  if (
    roles.broker &&
    between !== undefined &&
    !between.includes('$') &&
    announced.length > 0 &&
    !announced.includes(between) &&
    listeners.some(({ name }) => name === between)
  )
    yield {
      key: 'advertised.listeners',
      message: `it announces ${announced.join(', ')}, and not ${between}, by which brokers are to find each other`,
    };
  if (between !== undefined && settings.has('security.inter.broker.protocol'))
    yield {
      key: 'security.inter.broker.protocol',
      message: 'inter.broker.listener.name is set as well, and only one of them may be',
    };
}

/** A Kafka broker's listeners contradict each other: it checks them first, and exits. */
export const listenerRefused: Rule = {
  id: 'listener-refused',
  severity: 'error',
  family: 'data systems',
  title: "a Kafka broker's listeners contradict each other",
  *check({ model }): Iterable<Problem> {
    for (const server of kafkaServers(model)) {
      const { workload, settings } = server;
      for (const { key, message } of refusals(server)) {
        const option = settings.get(key);
        if (option === undefined) continue;
        yield {
          object: option.object,
          path: option.path,
          message: `${option.by} of ${workload.kind} ${workload.name}: ${message}: the broker would not start`,
        };
      }
    }
  },
};
